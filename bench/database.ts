import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { migrateDatabase, startPostgres } from '../scripts/postgres.ts';

const USERS = 100;
const TASKS = 20;

/** Somebody with 20 tasks, and the id of one of them. */
export type User = { id: string; taskId: string };

/** Starts a PostgreSQL of the newest schema in a folder that goes with this process, and fills it. */
export async function startDatabase(): Promise<{ url: string; users: User[]; stop: () => Promise<void> }> {
  const dir = await mkdtemp(join(tmpdir(), 'taskflow-bench-'));
  process.on('exit', () => rmSync(dir, { recursive: true, force: true }));
  const { url, stop } = await startPostgres(dir);
  await migrateDatabase(url);
  return { url, users: await fill(url), stop };
}

async function fill(url: string): Promise<User[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`
      insert into tasks (user_id, title, description, is_completed)
      select md5(u::text), 'Buy groceries, part ' || t, 'Milk, eggs, bread; ask at the counter for the rest', t % 3 = 0
      from generate_series(1, ${USERS}) u, generate_series(1, ${TASKS}) t`);
    await client.query('vacuum analyze tasks');
    const { rows } = await client.query('select user_id as id, min(id) as "taskId" from tasks group by user_id');
    return rows;
  } finally {
    await client.end();
  }
}
