import type pg from 'pg';
import { requireDatabaseUrl, withDatabase } from './database.ts';
import { exitWithMessage } from './run-command.ts';

/** The tables whose rows belong to a user. */
const OWNED_TABLES = ['tasks', 'idempotency_keys'];

/** While `alter table` waits for its lock, every later statement on the table waits behind it. */
const LOCK_TIMEOUT = '3s';

/**
 * Adds foreign keys from `user_id` to the `id` of Better Auth's users, so that the rows of a deleted user are deleted
 * (S2 SC-004). Existing rows are validated afterwards, while requests may write.
 *
 * @param users the table of users as SQL spells it; `user` is a reserved word, and needs the quotes.
 * @throws {Error} if rows belong to nobody in the table of users; it names some of them, and nothing changes.
 */
export async function linkUsers(client: pg.Client, users = '"user"'): Promise<void> {
  await requireUsers(client, users);
  await alterTables(
    client,
    (constraint) => `drop constraint if exists ${constraint}, add constraint ${constraint}
      foreign key (user_id) references ${users} (id) on delete cascade not valid`,
  );
  try {
    for (const table of OWNED_TABLES)
      await client.query(`alter table ${table} validate constraint ${constraintOf(table)}`);
  } catch (error) {
    await unlinkUsers(client);
    throw error;
  }
}

async function requireUsers(client: pg.Client, users: string): Promise<void> {
  const owners = OWNED_TABLES.map((table) => `select user_id from ${table}`).join(' union ');
  const { rows } = await client.query(
    `select user_id from (${owners}) owner where not exists (select from ${users} where id = user_id) limit 20`,
  );
  const missing = rows.map(({ user_id }) => user_id).join(', ');
  if (missing) throw new Error(`These users have rows here, but are not in ${users}: ${missing}`);
}

/** Drops the foreign keys that `linkUsers` added. The rows stay. */
export async function unlinkUsers(client: pg.Client): Promise<void> {
  await alterTables(client, (constraint) => `drop constraint if exists ${constraint}`);
}

const constraintOf = (table: string) => `${table}_user_id_fk`;

/** Alters all tables or none: PostgreSQL runs several statements in one query as one transaction. */
async function alterTables(client: pg.Client, action: (constraint: string) => string): Promise<void> {
  await client.query(`set lock_timeout = '${LOCK_TIMEOUT}'`);
  await client.query(OWNED_TABLES.map((table) => `alter table ${table} ${action(constraintOf(table))}`).join(';'));
}

async function run([action, users]: string[]): Promise<void> {
  const change = action === 'link' ? linkUsers : unlinkUsers;
  await withDatabase(requireDatabaseUrl(), (client) => change(client, users));
  console.log(`Tasks are ${action === 'link' ? '' : 'no longer '}deleted with their user.`);
}

if (import.meta.main) await run(process.argv.slice(2)).catch(exitWithMessage);
