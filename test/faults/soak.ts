import { check } from '../support/checks.ts';
import { openConnections } from './postmaster.ts';
import { slope } from './statistics.ts';
import { Visitor } from './visitor.ts';
import type { Worker } from './workers.ts';

const VISITORS = 8;
const ROUNDS = 25;
/** Rounds until the runtime has compiled and allocated what it keeps. */
const WARM_UP_ROUNDS = 10;
/** MiB that memory may grow in `PER` requests. */
const MAX_GROWTH = 1;
const PER = 100_000;
/** MiB that it may grow in fewer: a young process takes pages 3 MiB at a time. */
const MAX_GROWTH_IN_FEWER = { heap: 1, process: 4 };

/** A request over TCP costs PostgreSQL a process: a third of the requests takes half of the time. */
const shares = { 'Neon HTTP': 2 / 3, TCP: 1 / 3 };

/** Sends a mixed load, and compares the memory in use after each round. */
export async function soak(workers: Worker[], requests: number, adminUrl: string): Promise<void> {
  await Promise.all(workers.map((worker) => soakOne(worker, Math.round(requests * shares[worker.transport]))));
  const [neon, tcp] = workers;
  await neon?.stop(); // Its connections are those of the endpoint that stands in for Neon.
  const connections = await openConnections(adminUrl);
  check('over TCP, no connection stays open', connections === 0 && tcp?.isRunning() === true, `${connections} open`);
}

async function soakOne({ transport, url, memory, collectGarbage }: Worker, requests: number): Promise<void> {
  const visitors = Array.from({ length: VISITORS }, (_, at) => new Visitor(url, `soak-${transport}-${at}`));
  const sent = () => visitors.reduce((sum, visitor) => sum + visitor.sent, 0);
  const processes: [number, number][] = [];
  const heaps: [number, number][] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    const isDone = () => sent() >= (requests * round) / ROUNDS;
    await Promise.all(visitors.map((visitor) => visitor.visitUntil(isDone)));
    const heap = await collectGarbage();
    if (round <= WARM_UP_ROUNDS) continue;
    processes.push([sent() / PER, memory()]);
    heaps.push([sent() / PER, heap]);
  }
  const unexpected = visitors.flatMap((visitor) => visitor.unexpected);
  check(
    `over ${transport}, every response is the expected one`,
    unexpected.length === 0,
    `${sent()} requests ${unexpected[0] ?? ''}`,
  );
  checkGrowth(`over ${transport}, the memory of the process`, processes, MAX_GROWTH_IN_FEWER.process);
  checkGrowth(`over ${transport}, the heap of the isolate`, heaps, MAX_GROWTH_IN_FEWER.heap);
}

function checkGrowth(name: string, points: [number, number][], maxInFewer: number): void {
  const { slope: growth, error } = slope(points);
  const [from, first] = points[0] ?? [0, 0];
  const [to, last] = points.at(-1) ?? [0, 0];
  const isLong = to - from >= 1;
  check(
    `${name} grows by at most ${isLong ? `${MAX_GROWTH} MiB in ${PER} requests` : `${maxInFewer} MiB`}`,
    isLong ? growth <= MAX_GROWTH : growth * (to - from) <= maxInFewer,
    `${growth.toFixed(2)} ± ${(2 * error).toFixed(2)} MiB in ${PER} requests, in ${((to - from) * PER).toFixed(0)};` +
      ` ${first.toFixed(1)} MiB after the warm-up, ${last.toFixed(1)} in the end`,
  );
}
