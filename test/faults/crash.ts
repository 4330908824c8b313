import { setTimeout as sleep } from 'node:timers/promises';
import { check } from '../support/checks.ts';
import { leakIn } from './canaries.ts';
import { isSuccess, type Result } from './client.ts';
import { compareWithLedgers } from './ledger.ts';
import type { Postmaster } from './postmaster.ts';
import type { Worker } from './workers.ts';
import { Writer } from './writer.ts';

const WRITERS_PER_TRANSPORT = 12;
const MIN_WRITES = 4_000;
/** Writes that each transport acknowledges before each outage and after the last. */
const WRITES_BETWEEN_OUTAGES = 150;
/** Far beyond what a slow machine needs: PostgreSQL is running. */
const MAX_MS_BETWEEN_OUTAGES = 120_000;

/** Limits in milliseconds, for a machine that responds at once: see `delayOf`. */
const MAX_RESPONSE_TIME = 4_500;
const MAX_RECOVERY_TIME = 2_000;

const outages = [
  { name: 'crash', signal: 'SIGQUIT', seconds: 0 },
  { name: 'fast restart', signal: 'SIGINT', seconds: 0 },
  { name: 'stop for 3 s', signal: 'SIGINT', seconds: 3 },
  { name: 'second crash', signal: 'SIGQUIT', seconds: 0 },
  { name: 'second fast restart', signal: 'SIGINT', seconds: 0 },
] as const;

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
    checkLog(group.worker);
  }
}

async function causeOutages(postmaster: Postmaster, groups: Group[]): Promise<Outage[]> {
  const past: Outage[] = [];
  for (const { name, signal, seconds } of outages) {
    await untilAcknowledged(groups, WRITES_BETWEEN_OUTAGES);
    const down = performance.now();
    await postmaster.kill(signal);
    await sleep(seconds * 1000);
    await postmaster.start();
    past.push({ name, down, ready: performance.now() });
  }
  await untilAcknowledged(groups, WRITES_BETWEEN_OUTAGES, MIN_WRITES);
  return past;
}

/** Waits for `more` acknowledged writes over each transport, and for `total` since the start. */
async function untilAcknowledged(groups: Group[], more: number, total = 0): Promise<void> {
  const counts = () => groups.map(({ writers }) => sum(writers.map(({ acknowledged }) => acknowledged)));
  const before = counts();
  const deadline = performance.now() + MAX_MS_BETWEEN_OUTAGES;
  while (sum(counts()) < total || counts().some((count, at) => count < (before[at] ?? 0) + more)) {
    if (performance.now() > deadline) throw new Error(`too few writes: ${before} at first, ${counts()} in the end`);
    await sleep(50);
  }
}

async function checkLedgers({ worker, writers }: Group, adminUrl: string): Promise<void> {
  const { unacknowledged, ...differences } = await compareWithLedgers(adminUrl, writers);
  const counts = Object.entries(differences).map(([name, count]) => `${count} ${name}`);
  check(
    `over ${worker.transport}, every acknowledged write is stored, once`,
    Object.values(differences).every((count) => count === 0),
    `${sum(writers.map(({ acknowledged }) => acknowledged))} acknowledged, ${counts.join(', ')}` +
      ` (${unacknowledged} stored after a 503, sent without a key)`,
  );
  const retries = sum(writers.map((writer) => writer.retries));
  check(
    `over ${worker.transport}, no retry with a key created a second task`,
    differences.doubled + differences.misled === 0 && retries > 0,
    `${sum(writers.map(({ keys }) => keys.size))} keys, ${retries} retries`,
  );
}

function checkResponses({ worker: { transport, isRunning }, writers }: Group): void {
  const results = resultsOf(writers);
  const failures = results.filter((result) => !isSuccess(result));
  const counts = Object.entries(Object.groupBy(results, ({ status }) => status));
  const unexpected = failures.find(({ status }) => status !== 503);
  check(
    `over ${transport}, every response is 2xx or 503`,
    isRunning() && unexpected === undefined,
    `${counts.map(([status, of]) => `${of?.length} × ${status}`).join(', ')} ${unexpected?.body ?? ''}`,
  );
  const bare = failures.filter(({ headers }) => !headers.has('Retry-After')).length;
  const leak = leakIn(failures.map(({ body, headers }) => body + JSON.stringify([...headers])));
  check(
    `over ${transport}, every 503 has Retry-After and no secret`,
    bare === 0 && !leak,
    `${bare} without, ${leak ?? 'none'}`,
  );
}

function checkTimes({ worker: { transport }, writers }: Group, past: Outage[]): void {
  const results = resultsOf(writers);
  const delay = delayOf(results.filter(({ at }) => at < (past[0]?.down ?? 0)));
  const slowest = delayOf(results);
  check(
    `over ${transport}, no response takes longer than the time limit of a request`,
    slowest <= MAX_RESPONSE_TIME + delay,
    `at most ${ms(slowest)}; ${ms(delay)} before the first outage`,
  );
  const recoveries = past.map(({ name, ready }, index) => {
    const after = results.filter(({ at }) => at > ready && at < (past[index + 1]?.down ?? Number.POSITIVE_INFINITY));
    const first = Math.min(...after.filter(isSuccess).map(({ at }) => at));
    const last = Math.max(ready, ...after.filter((result) => !isSuccess(result)).map(({ at }) => at));
    return { name, milliseconds: Math.max(first, last) - ready };
  });
  check(
    `over ${transport}, every response is a success soon after each outage`,
    recoveries.every(({ milliseconds }) => milliseconds <= MAX_RECOVERY_TIME + delay),
    recoveries.map(({ name, milliseconds }) => `${name} ${ms(milliseconds)}`).join(', '),
  );
}

function checkLog({ transport, lines }: Worker): void {
  const leak = leakIn(lines);
  check(`over ${transport}, the log holds no secret`, leak === undefined, `${lines.length} lines, ${leak ?? 'none'}`);
  const others = lines.filter((line) => !line.startsWith('{"time"'));
  check(`over ${transport}, the runtime reports nothing`, others.length === 0, others[0] ?? 'log lines alone');
}

/** The slowest response: before the first outage, what this machine itself adds to a limit of time. */
const delayOf = (results: Result[]) => Math.max(...results.map(({ milliseconds }) => milliseconds));

const resultsOf = (writers: Writer[]) => writers.flatMap(({ results }) => results);

const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);

const ms = (milliseconds: number) => `${milliseconds.toFixed(0)} ms`;
