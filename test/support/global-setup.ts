import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { migrateDatabase, startPostgres } from '../../scripts/postgres.ts';
import { startNeonEndpoint } from './neon-endpoint.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The tests' own PostgreSQL. */
    databaseUrl: string;
    /** The Neon-style HTTP endpoint in front of it. */
    neonEndpoint: string;
  }
}

/** Starts a real PostgreSQL, and Neon's protocol in front of it, for one run of the tests. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dir = await mkdtemp(join(tmpdir(), 'taskflow-test-'));
  const postgres = await startPostgres(dir);
  await migrateDatabase(postgres.url);
  const neon = await startNeonEndpoint(postgres.url);
  project.provide('databaseUrl', postgres.url);
  project.provide('neonEndpoint', neon.url);
  return async () => {
    await neon.stop();
    await postgres.stop();
    await rm(dir, { recursive: true, force: true });
  };
}
