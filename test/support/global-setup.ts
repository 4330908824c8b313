import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { buildAssets, buildWorker } from '../../scripts/build.ts';
import { migrateDatabase, startPostgres } from '../../scripts/postgres.ts';
import type { TcpFault } from './faults.ts';
import { startIssuerControl } from './issuer-control.ts';
import { startNeonEndpoint } from './neon-endpoint.ts';
import { startTcpFaults } from './tcp-faults.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** How the Worker reaches the database in this project. */
    transport: 'neon' | 'tcp';
    /** The tests' own PostgreSQL. */
    databaseUrl: string;
    /** The Neon-style HTTP endpoint in front of it. */
    neonEndpoint: string;
    /** Ports of 127.0.0.1 that lead to it, each with a fault on the way. */
    tcpFaults: Record<TcpFault, number>;
    /** Where tests order real Better Auth servers. */
    issuerControl: string;
  }
}

/** One that would be recognized wherever it leaked. */
const PASSWORD = 'a-database-password-of-the-tests-5e1b';

/** Starts a real PostgreSQL, Neon's protocol and the faults in front of it, for one run of the tests. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await Promise.all([buildAssets(), buildWorker()]);
  const dir = await mkdtemp(join(tmpdir(), 'taskflow-test-'));
  const postgres = await startPostgres(dir);
  const address = new URL(postgres.url);
  await migrateDatabase(postgres.url);
  await run(address, `alter role postgres password '${PASSWORD}'`);
  address.password = PASSWORD;
  for (const name of ['empty', 'created', 'unborn', 'guarded']) await run(address, `create database ${name}`);
  await run(address, "create role guest login password 'guest'");
  await createBrokenDatabase(address);
  const [neon, faults, issuers] = await Promise.all([
    startNeonEndpoint(address),
    startTcpFaults(address),
    startIssuerControl(),
  ]);
  project.provide('databaseUrl', address.href);
  project.provide('neonEndpoint', neon.url);
  project.provide('tcpFaults', faults.ports);
  project.provide('issuerControl', issuers.url);
  return async () => {
    faults.stop();
    await issuers.stop();
    await neon.stop();
    await postgres.stop();
    await rm(dir, { recursive: true, force: true });
  };
}

/** A database whose table is not ours, for the failures that only a bug can cause. */
async function createBrokenDatabase(postgres: URL): Promise<void> {
  await run(postgres, 'create database broken');
  await run(new URL('/broken', postgres), 'create table tasks (id bigint, user_id text)');
}

async function run(database: URL, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: database.href });
  await client.connect();
  await client.query(statement);
  await client.end();
}
