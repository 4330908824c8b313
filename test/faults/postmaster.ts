import { setTimeout as sleep } from 'node:timers/promises';
import { withDatabase } from '../../scripts/database.ts';
import { startMigratedPostgres } from '../support/postgres.ts';
import { createWorkerRole } from '../support/worker-role.ts';
import { databasePassword } from './canaries.ts';

/** A PostgreSQL that can be ended and started again. */
export type Postmaster = Awaited<ReturnType<typeof startPostmaster>>;

export async function startPostmaster() {
  const { url: adminUrl, pid, start, stop } = await startMigratedPostgres();
  /** For the Worker: the role of docs/operations.md. */
  const url = await createWorkerRole(adminUrl, databasePassword);
  /** Ends PostgreSQL as a crash does (SIGQUIT), or by closing all connections (SIGINT). Resolves when it has ended. */
  const kill = async (signal: 'SIGQUIT' | 'SIGINT') => {
    const running = await pid();
    process.kill(running, signal);
    while (isRunning(running)) await sleep(5);
  };
  /** Stops PostgreSQL from accepting connections, which then wait. */
  const freeze = async (seconds: number) => {
    process.kill(await pid(), 'SIGSTOP');
    await sleep(seconds * 1000);
    process.kill(await pid(), 'SIGCONT');
  };
  return { url, adminUrl, kill, freeze, start, stop };
}

/** Runs a statement on a connection of its own. */
export async function query<Row extends object>(url: string, text: string, values?: unknown[]): Promise<Row[]> {
  return withDatabase(url, async (client) => (await client.query(text, values)).rows);
}

/** Stores tasks of a user, created one second after another up to now. */
export async function storeTasks(adminUrl: string, userId: string, amount: number): Promise<void> {
  const sql = `insert into tasks (user_id, title, description, is_completed, created_at, updated_at)
    select $1, 'Buy groceries, part ' || n, 'Milk, eggs, bread; ask at the counter for the rest', n % 3 = 0, at, at
    from generate_series(1, $2::int) n, lateral (select now() - make_interval(secs => $2::int - n) as at) times`;
  await query(adminUrl, sql, [userId, amount]);
  await query(adminUrl, 'analyze tasks');
}

/** Waits for the Worker's connections to be closed. @returns how many are still open after three minutes. */
export async function openConnections(adminUrl: string): Promise<number> {
  const text = `select count(*)::int as open from pg_stat_activity where usename = 'taskflow_worker'`;
  let open = Number.NaN;
  await until(async () => {
    open = (await query<{ open: number }>(adminUrl, text))[0]?.open ?? Number.NaN;
    return open === 0;
  });
  return open;
}

/** Waits for a condition. @returns whether it came true within three minutes, which only a failure takes. */
export async function until(isTrue: () => Promise<boolean>): Promise<boolean> {
  for (const deadline = performance.now() + 180_000; ; await sleep(100)) {
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
