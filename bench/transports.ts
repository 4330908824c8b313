import { once } from 'node:events';
import { resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import { neonUrl } from '../test/support/neon-host.ts';
import type { WorkerdOptions } from '../test/support/workerd.ts';
import type { Build } from './builds.ts';
import { startPgBouncer } from './pgbouncer.ts';

/** How a Worker reaches PostgreSQL: over Neon's HTTP driver, or over TCP. */
export type Transport = { name: 'HTTP' | 'TCP'; databaseUrl: string; outbound?: string };

/** Starts the stand-ins for Neon's endpoint and for Hyperdrive. Without PgBouncer, TCP goes to PostgreSQL itself. */
export async function openTransports(postgresUrl: string): Promise<{ transports: Transport[]; isPooled: boolean }> {
  const endpoint = new Worker(resolve(import.meta.dirname, 'neon.ts'), { workerData: postgresUrl });
  const [outbound] = await once(endpoint, 'message');
  const pooledUrl = await startPgBouncer(postgresUrl);
  const transports: Transport[] = [
    { name: 'HTTP', databaseUrl: neonUrl(postgresUrl), outbound },
    { name: 'TCP', databaseUrl: pooledUrl ?? postgresUrl },
  ];
  return { transports, isPooled: pooledUrl !== undefined };
}

/** @returns how to start each build over each transport. */
export function workersOf(builds: Build[], transports: Transport[], secret: string): WorkerdOptions[] {
  return transports.flatMap(({ name, databaseUrl, outbound }) =>
    builds.map((build) => ({
      name: `${build.name}, ${name}`,
      folder: build.folder,
      bindings: { DATABASE_URL: databaseUrl, BETTER_AUTH_SECRET: secret, ENVIRONMENT: 'production' },
      outbound,
    })),
  );
}
