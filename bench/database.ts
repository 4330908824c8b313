import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { withDatabase } from '../scripts/database.ts';
import { startMigratedPostgres } from '../test/support/postgres.ts';
import { treeCpuTime } from './processes.ts';

/** A user and the id of one of their tasks. */
export type User = { id: string; taskId: string };

export type Database = Awaited<ReturnType<typeof startDatabase>>;

/** Starts PostgreSQL with our tables, in a folder that is deleted when this process exits. */
export async function startDatabase() {
  const postgres = await startMigratedPostgres();
  await withDatabase(postgres.url, async (client) => {
    await client.query(`alter system set shared_preload_libraries = 'pg_stat_statements'`);
    await client.query(`alter system set pg_stat_statements.track = 'none'`); // It costs time.
  });
  await postgres.stop();
  await postgres.start();
  const pool = new pg.Pool({ connectionString: postgres.url, max: 1 }).on('error', () => {});
  const pid = await postgres.pid();
  return {
    url: postgres.url,
    query: (statement: string, values?: unknown[]) => pool.query(statement, values),
    /** @returns milliseconds of CPU that all processes of PostgreSQL have used. */
    cpu: () => treeCpuTime(pid),
    stop: () => pool.end().then(postgres.stop),
  };
}

/** Starts to count statements. @returns a function that counts those of some work. */
export async function startStatementCounter({ query }: Database) {
  await query('create extension pg_stat_statements');
  await query(`alter system set pg_stat_statements.track = 'top'`);
  await query('select pg_reload_conf()');
  await sleep(300); // Each process of PostgreSQL learns of it a moment later.
  // Poolers and Neon's proxy reset a session after its statement.
  const own = `query !~ 'pg_stat_statements' and query !~* '^discard all'`;
  return async function countStatements(work: () => Promise<unknown>): Promise<number> {
    await query('select pg_stat_statements_reset()');
    await work();
    const { rows } = await query(`select calls from pg_stat_statements where ${own}`);
    return rows.reduce((sum, { calls }) => sum + Number(calls), 0);
  };
}

/** Adds users with `size` tasks each. Their ids are made of `prefix`. */
export async function addUsers({ query }: Database, prefix: string, users: number, size: number): Promise<User[]> {
  const { rows } = await query(
    `with added as (
      insert into tasks (user_id, title, description, is_completed)
      select md5($1 || u), 'Buy groceries, part ' || t, 'Milk, eggs, bread; ask at the counter for the rest', t % 3 = 0
      from generate_series(1, $2::int) u, generate_series(1, $3::int) t
      returning user_id, id)
    select user_id as id, min(id) as "taskId" from added group by user_id`,
    [prefix, users, size],
  );
  await query('vacuum analyze tasks');
  return rows;
}
