import { rmSync } from 'node:fs';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { migrateDatabase, startPostgres } from '../../scripts/postgres.ts';
import { databasePassword } from './canaries.ts';

/** A PostgreSQL that can be taken away and brought back. */
export type Postmaster = {
  /** For the Worker: a role that owns nothing, whose password is a canary. */
  url: string;
  /** For looking at what the Worker did. */
  adminUrl: string;
  /** Ends it: SIGQUIT as a crash would, SIGINT cutting off all connections. Resolves when it is gone. */
  kill: (signal: 'SIGQUIT' | 'SIGINT') => Promise<void>;
  /** Resolves when it accepts connections. */
  start: () => Promise<void>;
  stop: () => Promise<void>;
};

const ROLE = 'worker_role';

/** Starts a PostgreSQL of the newest schema in a folder that goes with this process. */
export async function startPostmaster(): Promise<Postmaster> {
  const dir = await mkdtemp(join(tmpdir(), 'taskflow-faults-'));
  process.on('exit', () => rmSync(dir, { recursive: true, force: true }));
  const server = await startPostgres(dir);
  await migrateDatabase(server.url);
  await query(
    server.url,
    `create role ${ROLE} login password '${databasePassword}';
     grant select, insert, update, delete on tasks, idempotency_keys to ${ROLE};
     grant usage on sequence tasks_id_seq to ${ROLE}`,
  );
  const url = new URL(server.url);
  url.username = ROLE;
  url.password = databasePassword;
  const kill = async (signal: NodeJS.Signals) => {
    const pid = Number((await readFile(join(dir, 'postmaster.pid'), 'utf8')).split('\n')[0]);
    process.kill(pid, signal);
    await gone(pid);
  };
  return { url: url.href, adminUrl: server.url, kill, start: server.start, stop: server.stop };
}

/** Runs statements on a connection of their own. @returns the rows of the last, or of the only one. */
export async function query<Row extends object>(url: string, text: string, values?: unknown[]): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000, query_timeout: 90_000 });
  await client.connect();
  try {
    return (await client.query(text, values)).rows;
  } finally {
    await client.end();
  }
}

async function gone(pid: number): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (Date.now() < deadline) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await pause(5);
  }
  throw new Error('PostgreSQL did not end');
}
