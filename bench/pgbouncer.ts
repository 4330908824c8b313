import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { chmod, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { adopt } from './children.ts';
import { freePort } from './ports.ts';

/** Debian keeps PgBouncer where only root's PATH looks. */
const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` };

/** Connections to PostgreSQL, as in the pools of the peers. */
const POOL_SIZE = 20;

/**
 * Starts PgBouncer in transaction mode, which stands in for the pool of Hyperdrive.
 *
 * @returns the connection string of the same database through it; undefined where PgBouncer is not installed.
 */
export async function startPgBouncer(postgresUrl: string): Promise<string | undefined> {
  if (spawnSync('pgbouncer', ['--version'], { env }).status !== 0) return undefined;
  const dir = await mkdtemp(join(tmpdir(), 'taskflow-pgbouncer-'));
  process.on('exit', () => rmSync(dir, { recursive: true, force: true }));
  await chmod(dir, 0o755); // For the user that root hands it over to.
  const url = new URL(postgresUrl);
  const port = await freePort();
  await writeFile(join(dir, 'pgbouncer.ini'), configuration(url, port));
  const user = process.getuid?.() === 0 ? ['-u', 'postgres'] : [];
  const bouncer = adopt(spawn('pgbouncer', ['-q', ...user, join(dir, 'pgbouncer.ini')], { env, stdio: 'ignore' }));
  const pooled = Object.assign(new URL(url), { port: String(port) }).href;
  await answering(pooled, bouncer);
  return pooled;
}

function configuration({ hostname, port, username, password, pathname }: URL, listenPort: number): string {
  const database = pathname.slice(1);
  return `[databases]
${database} = host=${hostname} port=${port} dbname=${database} user=${username} password=${password}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${listenPort}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = ${POOL_SIZE}
max_client_conn = 1000
server_check_query =
log_connections = 0
log_disconnections = 0
`;
}

async function answering(url: string, bouncer: ChildProcess): Promise<void> {
  while (bouncer.exitCode === null) {
    const client = new pg.Client(url);
    const connected = await client.connect().then(
      () => true,
      () => false,
    );
    if (connected) return client.end();
    await sleep(50);
  }
  throw new Error(`PgBouncer ended with ${bouncer.exitCode}`);
}
