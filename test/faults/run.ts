import { check, step, summarize } from '../support/checks.ts';
import { PRIVATE_CA } from '../support/faults.ts';
import { startTcpFaults } from '../support/tcp-faults.ts';
import { PATIENCE } from '../support/workerd.ts';
import { absentReaders } from './absent-readers.ts';
import { sendBodies } from './bodies.ts';
import { crashRun } from './crash.ts';
import { largeTasks } from './large-tasks.ts';
import { lateStatements } from './late-statements.ts';
import { longLists } from './long-lists.ts';
import { paging } from './paging.ts';
import { query, startPostmaster } from './postmaster.ts';
import { soak } from './soak.ts';
import { withWorkers } from './workers.ts';

/**
 * With `--full`, the soak sends more than 100,000 requests over each transport, which tells a slow leak from noise, 150
 * lists are not read, and one user has a million tasks.
 */
const isFull = process.argv.includes('--full');
const SOAK_REQUESTS = isFull ? 600_000 : 7_000;
const READERS = isFull ? 150 : 30;
const MANY_TASKS = isFull ? 1_000_000 : 200_000;

/** Ends a run that hangs. */
const MAX_MINUTES = 60;

async function main(): Promise<void> {
  const postmaster = await startPostmaster();
  const { url, adminUrl } = postmaster;
  const part = (name: string, run: () => Promise<void>) => step(name, run).catch(() => {}); // The other parts still run.
  await part('writes while PostgreSQL crashes, restarts and stops', () =>
    withWorkers(url, (workers) => crashRun(postmaster, workers)),
  );
  // Nothing below depends on the durability of a write, and waiting for the disk would take most of the time.
  await query(adminUrl, 'alter role taskflow_worker set synchronous_commit = off');
  await part('statements that wait for a lock', () => lateStatements(postmaster));
  await query(adminUrl, "alter role taskflow_worker set statement_timeout = '30s'"); // Longer than what follows may take.
  await part('bodies in small chunks', () => withWorkers(url, ([worker]) => sendBodies(worker)));
  await part('lists of 40,000 tasks', () => longLists(postmaster));
  await part('lists of large tasks', () => largeTasks(postmaster));
  await part('lists that nobody reads', () => absentReaders(postmaster, READERS));
  await part(`a mixed load of ${SOAK_REQUESTS} requests`, () =>
    withTls(url, (tlsUrl) => withWorkers(url, (workers) => soak(workers, SOAK_REQUESTS, adminUrl), PATIENCE, tlsUrl)),
  );
  await part('pages of many tasks', () => paging(adminUrl, MANY_TASKS));
  await postmaster.stop();
}

/** Puts a server that ends TLS in front of the database at `url`. */
async function withTls(url: string, use: (tlsUrl: string) => Promise<void>): Promise<void> {
  const { ports, stop } = await startTcpFaults(new URL(url));
  const tlsUrl = Object.assign(new URL('?sslmode=require', url), { port: ports[PRIVATE_CA] });
  await use(tlsUrl.href).finally(stop);
}

setTimeout(() => {
  check(`the run ends within ${MAX_MINUTES} minutes`, false);
  summarize();
  process.exit(1);
}, MAX_MINUTES * 60_000).unref();

await main().catch((error: Error) => check('the run', false, error.stack));
process.exit(summarize() ? 0 : 1);
