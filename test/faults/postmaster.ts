import { rmSync } from 'node:fs';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { migrateDatabase, startPostgres } from '../../scripts/postgres.ts';
import { createWorkerRole } from '../support/worker-role.ts';
import { databasePassword } from './canaries.ts';

/** A PostgreSQL that can be ended and started again. */
export type Postmaster = {
  /** For the Worker: the role of docs/operations.md. */
  url: string;
  /** For the checks. */
  adminUrl: string;
  /** Ends PostgreSQL as a crash does (SIGQUIT), or by closing all connections (SIGINT). Resolves when it has ended. */
  kill: (signal: 'SIGQUIT' | 'SIGINT') => Promise<void>;
  /** Stops PostgreSQL from accepting connections, which then wait. */
  freeze: (seconds: number) => Promise<void>;
  /** Resolves when PostgreSQL accepts connections. */
  start: () => Promise<void>;
  stop: () => Promise<void>;
};

export async function startPostmaster(): Promise<Postmaster> {
  const dir = await mkdtemp(join(tmpdir(), 'taskflow-faults-'));
  process.on('exit', () => rmSync(dir, { recursive: true, force: true }));
  const { url: adminUrl, start, stop } = await startPostgres(dir);
  await migrateDatabase(adminUrl);
  const url = await createWorkerRole(adminUrl, databasePassword);
  const pid = async () => Number((await readFile(join(dir, 'postmaster.pid'), 'utf8')).split('\n')[0]);
  const kill = async (signal: NodeJS.Signals) => {
    const running = await pid();
    process.kill(running, signal);
    while (isRunning(running)) await sleep(5);
  };
  const freeze = async (seconds: number) => {
    process.kill(await pid(), 'SIGSTOP');
    await sleep(seconds * 1000);
    process.kill(await pid(), 'SIGCONT');
  };
  return { url, adminUrl, kill, freeze, start, stop };
}

/** Runs a statement on a connection of its own. */
export async function query<Row extends object>(url: string, text: string, values?: unknown[]): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text, values)).rows;
  } finally {
    await client.end();
  }
}

/** Stores tasks of a user, created one second after another up to now. */
export async function storeTasks(
  adminUrl: string,
  userId: string,
  amount: number,
  description = 'Milk, eggs, bread; ask at the counter for the rest',
): Promise<void> {
  const sql = `insert into tasks (user_id, title, description, is_completed, created_at, updated_at)
    select $1, 'Buy groceries, part ' || n, $3, n % 3 = 0, at, at
    from generate_series(1, $2::int) n, lateral (select now() - make_interval(secs => $2::int - n) as at) times`;
  await query(adminUrl, sql, [userId, amount, description]);
  await query(adminUrl, 'analyze tasks');
}

/** Waits for the Worker's connections to be closed. @returns how many are still open after half a minute. */
export async function openConnections(adminUrl: string): Promise<number> {
  const text = `select count(*)::int as open from pg_stat_activity where usename = 'taskflow_worker'`;
  let open = Number.NaN;
  await until(async () => {
    open = (await query<{ open: number }>(adminUrl, text))[0]?.open ?? Number.NaN;
    return open === 0;
  });
  return open;
}

/** Waits for a condition. @returns whether it came true within half a minute. */
export async function until(isTrue: () => Promise<boolean>): Promise<boolean> {
  for (const deadline = performance.now() + 30_000; ; await sleep(100)) {
    if (await isTrue()) return true;
    if (performance.now() > deadline) return false;
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
