import { setTimeout as sleep } from 'node:timers/promises';
import { check } from '../support/checks.ts';
import { leakIn } from './canaries.ts';
import { isSuccess, type Result } from './client.ts';
import { type Postmaster, until } from './postmaster.ts';
import type { Worker } from './workers.ts';
import { Writer } from './writer.ts';

const WRITERS_PER_TRANSPORT = 12;
/** Writes that each transport acknowledges before each outage and after the last one. */
const WRITES_BETWEEN_OUTAGES = 150;

/** In milliseconds, of a machine that adds nothing: the checks add the slowest response before the first outage. */
const MAX_RESPONSE_TIME = 4_500;
const MAX_RECOVERY_TIME = 2_000;

const restart = async ({ kill, start }: Postmaster, signal: 'SIGQUIT' | 'SIGINT', seconds = 0) => {
  await kill(signal);
  await sleep(seconds * 1000);
  await start();
};

const outages = {
  crash: (postmaster: Postmaster) => restart(postmaster, 'SIGQUIT'),
  'fast restart': (postmaster: Postmaster) => restart(postmaster, 'SIGINT'),
  'stop for 3 s': (postmaster: Postmaster) => restart(postmaster, 'SIGINT', 3),
  'freeze for 10 s': (postmaster: Postmaster) => postmaster.freeze(10),
  'second crash': (postmaster: Postmaster) => restart(postmaster, 'SIGQUIT'),
};

type Outage = { name: string; down: number; ready: number };
type Group = { worker: Worker; writers: Writer[] };

/** Clients write over both transports while their PostgreSQL goes and comes back; then the ledgers are compared. */
export async function crashRun(postmaster: Postmaster, workers: Worker[]): Promise<void> {
  const groups = workers.map((worker) => ({
    worker,
    writers: Array.from({ length: WRITERS_PER_TRANSPORT }, () => new Writer(worker.url)),
  }));
  const stop = new AbortController();
  const writing = groups.flatMap(({ writers }) => writers.map((writer) => writer.run(stop.signal)));
  const past = await causeOutages(postmaster, groups).finally(() => stop.abort());
  await Promise.all(writing);
  for (const group of groups) {
    await checkLedgers(group, postmaster.adminUrl);
    checkResponses(group);
    checkTimes(group, past);
  }
}

async function causeOutages(postmaster: Postmaster, groups: Group[]): Promise<Outage[]> {
  const past: Outage[] = [];
  for (const [name, cause] of Object.entries(outages)) {
    await untilAcknowledged(groups, WRITES_BETWEEN_OUTAGES);
    const down = performance.now();
    await cause(postmaster);
    past.push({ name, down, ready: performance.now() });
  }
  await untilAcknowledged(groups, WRITES_BETWEEN_OUTAGES);
  return past;
}

/** Waits for `more` acknowledged writes over each transport. */
async function untilAcknowledged(groups: Group[], more: number): Promise<void> {
  const counts = () => groups.map(({ writers }) => acknowledgedBy(writers));
  const before = counts();
  const isEnough = async () => counts().every((count, at) => count >= (before[at] ?? 0) + more);
  if (!(await until(isEnough))) throw new Error(`after ${before} acknowledged writes, too few: ${counts()}`);
}

async function checkLedgers({ worker: { transport }, writers }: Group, adminUrl: string): Promise<void> {
  const all = await Promise.all(writers.map(({ ledger, userId }) => ledger.compare(adminUrl, userId)));
  const kinds = Object.keys(all[0] ?? {});
  const totals = kinds.map((kind) => [kind, sum(all.map((counts) => counts[kind] ?? 0))] as const);
  const retries = sum(writers.map((writer) => writer.retries));
  check(
    `over ${transport}, every acknowledged write is stored, and no retry with a key creates a second task`,
    totals.every(([, count]) => count === 0) && retries > 0,
    `${acknowledgedBy(writers)} acknowledged, ${retries} retries, ${totals.flat().join(' ')}`,
  );
}

function checkResponses({ worker: { transport, lines, isRunning }, writers }: Group): void {
  const results = writers.flatMap((writer) => writer.results);
  const failures = results.filter((result) => !isSuccess(result));
  const counts = Object.entries(Object.groupBy(results, ({ status }) => status));
  const unexpected = failures.find(({ status, headers }) => status !== 503 || !headers.has('Retry-After'));
  check(
    `over ${transport}, every response is 2xx or 503 with Retry-After`,
    isRunning() && unexpected === undefined,
    `${counts.map(([status, { length } = []]) => `${length} × ${status}`).join(', ')} ${unexpected?.body ?? ''}`,
  );
  const leak = leakIn([...lines, ...failures.map(({ body, headers }) => body + JSON.stringify([...headers]))]);
  check(`over ${transport}, neither the log nor a failure holds a secret`, leak === undefined, leak ?? 'none');
  const others = lines.filter((line) => !line.startsWith('{"time"'));
  check(`over ${transport}, the runtime reports nothing`, others.length === 0, others[0] ?? 'log lines alone');
}

function checkTimes({ worker: { transport }, writers }: Group, past: Outage[]): void {
  const results = writers.flatMap((writer) => writer.results).sort((a, b) => a.at - b.at);
  const delay = slowest(results.filter(({ at }) => at < (past[0]?.down ?? 0)));
  check(
    `over ${transport}, no response takes longer than the time limit of a request`,
    slowest(results) <= MAX_RESPONSE_TIME + delay,
    `at most ${ms(slowest(results))}; ${ms(delay)} before the first outage`,
  );
  const recoveries = past.map(({ ready }, index) => {
    const after = results.filter(({ at }) => at > ready && at < (past[index + 1]?.down ?? Number.POSITIVE_INFINITY));
    const first = after.find(isSuccess)?.at ?? Number.POSITIVE_INFINITY;
    return Math.max(first, ...after.filter((result) => !isSuccess(result)).map(({ at }) => at)) - ready;
  });
  check(
    `over ${transport}, responses are successes again soon after each outage`,
    recoveries.every((time) => time <= MAX_RECOVERY_TIME + delay),
    past.map(({ name }, index) => `${name} ${ms(recoveries[index] ?? Number.NaN)}`).join(', '),
  );
}

const acknowledgedBy = (writers: Writer[]) => sum(writers.map(({ acknowledged }) => acknowledged));
const slowest = (results: Result[]) => Math.max(...results.map(({ milliseconds }) => milliseconds));
const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);
const ms = (milliseconds: number) => `${milliseconds.toFixed(0)} ms`;
