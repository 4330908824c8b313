import type pg from 'pg';

/** The tables whose rows belong to a user: tasks, and what keeps a `POST` from creating one twice. */
export const OWNED = ['tasks', 'idempotency_keys'];

/** How many of the users that are missing a refusal names. */
const NAMED_ORPHANS = 20;

/**
 * @param users the table as SQL spells it.
 * @returns its name, quoted where SQL needs that.
 * @throws {Error} saying why no task can reference it.
 */
export async function usersTable(client: pg.Client, users: string): Promise<string> {
  const { rows } = await client.query<{ target: string | null; tasks: string | null; database: string }>(
    'select to_regclass($1)::text as target, to_regclass($2)::text as tasks, current_database() as database',
    [users, 'tasks'],
  );
  const [{ target, tasks, database } = { target: null, tasks: null, database: '' }] = rows;
  if (!tasks) throw new Error(`The database "${database}" has no tasks yet: run npm run db:migrate first`);
  if (!target)
    throw new Error(
      `The database "${database}" has no table ${users}: Better Auth keeps its users elsewhere, and there is nothing to link. Under another name: npm run db:link-users -- '<table>'`,
    );
  await refuseOtherKeys(client, target);
  return target;
}

/**
 * Looks for rows whose user is not in the table `target`.
 *
 * @throws {Error} naming some of these users, and how to go on, where there are any.
 */
export async function refuseOrphans(client: pg.Client, target: string): Promise<void> {
  const { rows } = await client.query<{ user_id: string; tasks: number; users: number }>(
    `select user_id, sum(is_task)::int as tasks, (count(*) over ())::int as users
     from (select user_id, 1 as is_task from tasks union all select user_id, 0 from idempotency_keys) as owned
     where not exists (select from ${target} as users where users.id = owned.user_id)
     group by user_id order by tasks desc, user_id limit ${NAMED_ORPHANS}`,
  );
  const [first] = rows;
  if (!first) return;
  const more = first.users > rows.length ? [`  … and ${first.users - rows.length} more`] : [];
  throw new Error(
    [
      `Not linked, and nothing was changed: tasks of ${first.users} user(s) who are not in ${target}:`,
      ...rows.map((row) => `  ${row.user_id}: ${row.tasks} task(s)`),
      ...more,
      'Add these users, or delete what is theirs, and run npm run db:link-users again:',
      ...OWNED.map((table) => `  delete from ${table} where user_id not in (select id from ${target});`),
    ].join('\n'),
  );
}

async function refuseOtherKeys(client: pg.Client, target: string): Promise<void> {
  const { rows } = await client.query<{ type: string; unique: boolean }>(
    `select format_type(a.atttypid, null) as type, exists (
       select from pg_index i where i.indrelid = a.attrelid and i.indisunique and i.indisvalid and i.indpred is null
         and i.indnkeyatts = 1 and i.indkey[0] = a.attnum) as unique
     from pg_attribute a where a.attrelid = $1::regclass and a.attname = 'id' and not a.attisdropped`,
    [target],
  );
  const [id] = rows;
  if (!id) throw new Error(`${target} has no column "id", and is no table of Better Auth`);
  if (!['text', 'character varying'].includes(id.type))
    throw new Error(`The ids in ${target} are of the type ${id.type}, those in tasks are text: they cannot be linked`);
  if (!id.unique) throw new Error(`The column "id" of ${target} is neither its primary key nor unique`);
}
