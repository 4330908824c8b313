import pg from 'pg';
import { OWNED, refuseOrphans, usersTable } from './user-table.ts';

/** How long a statement may wait for a lock, with every later request for the table waiting behind it. */
const LOCK_TIMEOUT = '3s';

const LOCK_NOT_AVAILABLE = '55P03';
const DEADLOCK = '40P01';
const FOREIGN_KEY_VIOLATION = '23503';

const constraintOf = (table: string) => `${table}_user_id_fk`;

/** A foreign key of ours, as PostgreSQL knows it. */
type Link = { name: string; target: string; validated: boolean };

/**
 * Makes `tasks.user_id` and `idempotency_keys.user_id` reference the `id` of Better Auth's users, so that
 * their rows go with the user. Writes go on meanwhile, but for the moment that adding the constraints takes.
 *
 * @param users the table of users, as SQL spells it; `user` is a reserved word and needs its quotes.
 * @returns what was done, in a sentence.
 * @throws {Error} saying what to do, where it cannot be done; then nothing has changed.
 */
export async function linkUsers(client: pg.Client, users = '"user"'): Promise<string> {
  const target = await usersTable(client, users);
  const links = await linksOf(client);
  const foreign = links.find((link) => link.target !== target);
  if (foreign) throw new Error(`tasks are linked to ${foreign.target} already: run npm run db:unlink-users first`);
  if (links.length === OWNED.length && links.every(({ validated }) => validated))
    return `Nothing to do: tasks are linked to ${target} already.`;
  await refuseOrphans(client, target);
  const missing = OWNED.filter((table) => !links.some(({ name }) => name === constraintOf(table)));
  await whileLocked(
    client,
    missing.map(
      (table) => `alter table ${table} add constraint ${constraintOf(table)}
        foreign key (user_id) references ${target} (id) on delete cascade not valid`,
    ),
  );
  await validate(client, target);
  return `Linked: whoever is deleted from ${target} loses their tasks with it, and nobody else can create any.`;
}

/**
 * Removes what `linkUsers` made. The rows stay.
 *
 * @returns what was done, in a sentence.
 */
export async function unlinkUsers(client: pg.Client): Promise<string> {
  const links = await linksOf(client);
  if (links.length === 0) return 'Nothing to do: tasks are not linked to any table of users.';
  await whileLocked(
    client,
    OWNED.map((table) => `alter table if exists ${table} drop constraint if exists ${constraintOf(table)}`),
  );
  return 'Unlinked: tasks stay when their user is deleted.';
}

/** Checks the rows that were there before the constraints, which reads the tables and lets others write. */
async function validate(client: pg.Client, target: string): Promise<void> {
  try {
    for (const table of OWNED)
      await whileLocked(client, [`alter table ${table} validate constraint ${constraintOf(table)}`]);
  } catch (error) {
    await unlinkUsers(client).catch((reason: Error) => {
      throw new Error(
        `New rows are linked, old ones were not checked: run npm run db:link-users again. ${reason.message}`,
      );
    });
    if (!hasCode(error, FOREIGN_KEY_VIOLATION)) throw error;
    await refuseOrphans(client, target); // Somebody was deleted, or created a task, since we looked.
    throw new Error('A user was deleted meanwhile: run npm run db:link-users again');
  }
}

async function linksOf(client: pg.Client): Promise<Link[]> {
  const { rows } = await client.query<Link>(
    `select conname as name, confrelid::regclass::text as target, convalidated as validated from pg_constraint
     where contype = 'f' and conname = any ($1) and conrelid in (select to_regclass(name) from unnest($2::text[]) name)`,
    [OWNED.map(constraintOf), OWNED],
  );
  return rows;
}

/** Sends all of the statements or none, and gives up where the tables are in use for too long. */
async function whileLocked(client: pg.Client, statements: string[]): Promise<void> {
  try {
    await client.query(`begin; set local lock_timeout = '${LOCK_TIMEOUT}'; ${statements.join(';')}; commit`);
  } catch (error) {
    await client.query('rollback');
    if (!hasCode(error, LOCK_NOT_AVAILABLE) && !hasCode(error, DEADLOCK)) throw error;
    throw new Error(`Another transaction has held the tables for ${LOCK_TIMEOUT}: try again when it has ended`);
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof pg.DatabaseError && error.code === code;
}
