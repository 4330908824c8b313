import { resolve } from 'node:path';
import type { TestProject } from 'vitest/node';
import { buildAssets, buildWorker } from '../../scripts/build.ts';
import { withDatabase } from '../../scripts/database.ts';
import { startIssuerControl } from './issuer-control.ts';
import { startNeonEndpoint } from './neon-endpoint.ts';
import { startMigratedPostgres } from './postgres.ts';
import { startTcpFaults, type TcpFaults } from './tcp-faults.ts';
import { createWorkerRole } from './worker-role.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** How the Worker of this project reaches the database. */
    transport: 'neon' | 'tcp';
    /** The tests' own PostgreSQL, as its superuser. */
    databaseUrl: string;
    /** The same, as the least-privilege role of docs/operations.md. */
    workerDatabaseUrl: string;
    /** Neon's SQL-over-HTTP endpoint in front of it. */
    neonEndpoint: string;
    /** Ports of 127.0.0.1 that lead to it, each with a fault of its own. */
    tcpFaults: TcpFaults['ports'];
    /** The same, for one file of tests, which counts the connections. */
    countedTcpFaults: TcpFaults;
    /** Where tests start real Better Auth servers. */
    issuerControl: string;
  }
}

/** Long enough to be recognized wherever it leaks. */
const PASSWORD = 'a-database-password-of-the-tests-5e1b';

/** In a folder that no `wrangler dev` builds anew meanwhile. */
const WORKER_FOLDER = resolve(import.meta.dirname, '../../dist/tested');

/** Builds the Worker, and starts all that the tests need beside it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await Promise.all([buildAssets(), buildWorker(WORKER_FOLDER)]);
  const database = await startDatabase();
  const [neon, faults, { stop: stopCounted, ...counted }, issuers] = await Promise.all([
    startNeonEndpoint(database.url),
    startTcpFaults(database.url),
    startTcpFaults(database.url),
    startIssuerControl(),
  ]);
  project.provide('databaseUrl', database.url.href);
  project.provide('workerDatabaseUrl', await createWorkerRole(database.url.href, PASSWORD));
  project.provide('neonEndpoint', neon.url);
  project.provide('tcpFaults', faults.ports);
  project.provide('countedTcpFaults', counted);
  project.provide('issuerControl', issuers.url);
  return async () => {
    faults.stop();
    stopCounted();
    await issuers.stop();
    await neon.stop();
    await database.stop();
  };
}

/** Starts a PostgreSQL with our tables. Its database `broken` has others. */
async function startDatabase() {
  const { url: initial, stop } = await startMigratedPostgres();
  await withDatabase(initial, async (client) => {
    await client.query(`alter role postgres password '${PASSWORD}'`);
    await client.query('create database broken');
  });
  const url = Object.assign(new URL(initial), { password: PASSWORD });
  const broken = new URL('/broken', url).href;
  await withDatabase(broken, (client) => client.query('create table tasks (id bigint, user_id text)'));
  return { url, stop };
}
