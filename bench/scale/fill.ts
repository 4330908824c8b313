import type { Database, User } from '../database.ts';

/** Kinds of users, by how many tasks they have on average, and how many users in a hundred are of that kind. */
const kinds = [
  { name: 'light', tasks: 20, percent: 80 },
  { name: 'busy', tasks: 100, percent: 19 },
  { name: 'heavy', tasks: 1000, percent: 1 },
] as const;

export type Kind = (typeof kinds)[number]['name'];

const TASKS_OF_100_USERS = kinds.reduce((sum, { tasks, percent }) => sum + tasks * percent, 0);

/** Rows of one insert: small enough to be told of, large enough to be fast. */
const BATCH = 250_000;

/** @returns how many users there are once there are so many tasks. */
export function usersOf(tasks: number): number {
  return Math.round((100 * tasks) / TASKS_OF_100_USERS);
}

/** What makes filling fast. Commits do not wait for the disk, so no figure holds what a disk costs. */
export async function prepare({ query }: Database): Promise<void> {
  await query(`alter system set synchronous_commit = off`);
  await query(`alter system set max_wal_size = '2GB'`);
  await query(`alter system set autovacuum = off`); // It is done by hand, between filling and measuring.
  await query('select pg_reload_conf()');
}

/**
 * Adds tasks until there are `to`. Each goes to a user by chance, as in life, so that a user's tasks lie far apart
 * in the table, and the indexes are as full as inserting in that order leaves them.
 */
export async function fillTo(database: Database, from: number, to: number): Promise<void> {
  for (let first = from + 1; first <= to; first += BATCH)
    await database.query(insert, [first, Math.min(first + BATCH - 1, to), usersOf(to)]);
  await database.query('vacuum analyze tasks');
  await database.query('checkpoint');
}

const chosen = kinds.map(({ name, percent }, at) => {
  const before = kinds.slice(0, at + 1).reduce((sum, kind) => sum + kind.tasks * kind.percent, 0);
  return `when draw < ${before / TASKS_OF_100_USERS} then md5('${name} ' || floor(random() * $3::int * ${percent / 100})::int)`;
});

const insert = `
  insert into tasks (user_id, title, description, is_completed, created_at, updated_at)
  select case ${chosen.join(' ')} end, 'Buy groceries, part ' || number,
    'Milk, eggs, bread; ask at the counter for the rest', number % 3 = 0, made, made
  from (select number, random() as draw, timestamptz '2025-01-01' + number * interval '1 second' as made
    from generate_series($1::int, $2::int) number) drawn`;

/** @returns users of a kind who have between `least` and `most` tasks, and one task of each. */
export async function findUsers(
  { query }: Database,
  kind: Kind,
  [least, most]: [number, number],
  tasks: number,
): Promise<User[]> {
  const percent = kinds.find(({ name }) => name === kind)?.percent ?? 0;
  const { rows } = await query(
    `select user_id as id, max(id) as "taskId" from tasks
    where user_id in (select md5($1 || ' ' || number) from generate_series(0, $2::int) number)
    group by user_id having count(*) between $3 and $4 limit 500`,
    [kind, Math.min(10_000, Math.ceil((usersOf(tasks) * percent) / 100)), least, most],
  );
  return rows;
}

/** Bytes of the table and of each of its indexes. */
export async function sizesOf({ query }: Database): Promise<Record<string, number>> {
  const { rows } = await query(`
    select 'tasks' as name, pg_table_size('tasks')::float as bytes
    union all select indexrelid::regclass::text, pg_relation_size(indexrelid)::float from pg_index where indrelid = 'tasks'::regclass`);
  return Object.fromEntries(rows.map(({ name, bytes }) => [name, bytes]));
}
