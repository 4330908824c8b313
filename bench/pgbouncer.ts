import { spawn, spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { chmod, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withDatabase } from '../scripts/database.ts';
import { freePort } from '../scripts/postgres.ts';
import { untilReady } from './children.ts';

/** Debian installs PgBouncer where only root's PATH looks. */
const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` };

/**
 * Starts PgBouncer in transaction mode, which stands in for Hyperdrive's pool.
 *
 * @returns the connection string of the same database through it; undefined if PgBouncer is not installed.
 */
export async function startPgBouncer(postgresUrl: string): Promise<string | undefined> {
  if (spawnSync('pgbouncer', ['--version'], { env }).status !== 0) return undefined;
  const dir = await mkdtemp(join(tmpdir(), 'taskflow-pgbouncer-'));
  process.on('exit', () => rmSync(dir, { recursive: true, force: true }));
  await chmod(dir, 0o755); // PgBouncer refuses to run as root.
  const url = new URL(postgresUrl);
  const port = await freePort();
  await writeFile(join(dir, 'pgbouncer.ini'), configuration(url, port));
  const user = process.getuid?.() === 0 ? ['-u', 'postgres'] : [];
  const bouncer = spawn('pgbouncer', ['-q', ...user, join(dir, 'pgbouncer.ini')], { env, stdio: 'ignore' });
  const pooledUrl = Object.assign(new URL(url), { port: String(port) }).href;
  await untilReady(bouncer, () => withDatabase(pooledUrl, async () => true));
  return pooledUrl;
}

/** The pool is as large as FastAPI's. */
function configuration({ hostname, port, username, password }: URL, listenPort: number): string {
  return `[databases]
* = host=${hostname} port=${port} user=${username} password=${password}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${listenPort}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 20
max_client_conn = 1000
server_check_query =
`;
}
