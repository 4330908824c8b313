import { rmSync } from 'node:fs';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { migrateDatabase, withDatabase } from '../scripts/database.ts';
import { type LocalPostgres, startPostgres } from '../scripts/postgres.ts';
import { cpuTimeOfFamily } from './processes.ts';

/** Somebody with tasks, and the id of one of them. */
export type User = { id: string; taskId: string };

export type Database = LocalPostgres & {
  query: (statement: string, values?: unknown[]) => Promise<pg.QueryResult>;
  /** Milliseconds of CPU that PostgreSQL has used so far, all its processes. */
  cpu: () => number;
};

/** Starts a PostgreSQL of the newest schema, which counts statements, in a folder that goes with this process. */
export async function startDatabase(): Promise<Database> {
  const dir = await mkdtemp(join(tmpdir(), 'taskflow-bench-'));
  process.on('exit', () => rmSync(dir, { recursive: true, force: true }));
  const postgres = await startPostgres(dir);
  await migrateDatabase(postgres.url);
  await loadStatistics(postgres);
  const pool = new pg.Pool({ connectionString: postgres.url, max: 1 }).on('error', () => {});
  const stop = () => pool.end().then(postgres.stop);
  const postmaster = Number.parseInt(await readFile(join(dir, 'postmaster.pid'), 'utf8'), 10);
  const cpu = () => cpuTimeOfFamily(postmaster);
  return { ...postgres, stop, cpu, query: (statement, values) => pool.query(statement, values) };
}

/** Statements are counted by `pg_stat_statements`, and only while somebody asks: counting them costs time. */
async function loadStatistics({ url, start, stop }: LocalPostgres): Promise<void> {
  await withDatabase(url, (client) => client.query(`alter system set shared_preload_libraries = 'pg_stat_statements'`));
  await stop();
  await start();
  await withDatabase(url, async (client) => {
    await client.query('create extension pg_stat_statements');
    await client.query(`alter system set pg_stat_statements.track = 'none'`);
    await client.query('select pg_reload_conf()');
  });
}

/** Makes users with `size` tasks each. `prefix` tells them from others. */
export async function addUsers({ query }: Database, prefix: string, users: number, size: number): Promise<User[]> {
  await query(
    `insert into tasks (user_id, title, description, is_completed)
    select md5($1 || u), 'Buy groceries, part ' || t, 'Milk, eggs, bread; ask at the counter for the rest', t % 3 = 0
    from generate_series(1, $2::int) u, generate_series(1, $3::int) t`,
    [prefix, users, size],
  );
  await query('vacuum analyze tasks');
  const { rows } = await query(
    `select user_id as id, min(id) as "taskId" from tasks
    where user_id in (select md5($1 || u) from generate_series(1, $2::int) u) group by user_id`,
    [prefix, users],
  );
  return rows;
}
