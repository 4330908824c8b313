import { setTimeout as pause } from 'node:timers/promises';
import { canaryIn } from './canaries.ts';
import { check } from './checks.ts';
import { Client } from './client.ts';
import { compare } from './ledger.ts';
import type { Postmaster } from './postmaster.ts';
import type { Worker } from './workerd.ts';
import { isSuccess, Writer } from './writer.ts';

const WRITERS_PER_WAY = 12;
const FEWEST_WRITES = 4_000;
const SECONDS = 36;

/** Milliseconds: the limit of a request, and what its answer may take beside (README, "When something fails"). */
const SLOWEST_ANSWER = 4_500;
const LONGEST_RECOVERY = 2_000;

/** When, in seconds from the start, PostgreSQL is taken away, and for how long beyond what a restart takes. */
const outages = [
  { name: 'restarted immediately', at: 4, signal: 'SIGQUIT', seconds: 0 },
  { name: 'restarted fast', at: 10, signal: 'SIGINT', seconds: 0 },
  { name: 'stopped for 3 s', at: 16, signal: 'SIGINT', seconds: 3 },
  { name: 'restarted immediately again', at: 25, signal: 'SIGQUIT', seconds: 0 },
  { name: 'restarted fast again', at: 31, signal: 'SIGINT', seconds: 0 },
] as const;

type Outage = { name: string; down: number; ready: number };

/** Clients write steadily over both ways while their one PostgreSQL goes and comes back; then the books are compared. */
export async function crashRun(postmaster: Postmaster, workers: Worker[]): Promise<void> {
  const start = performance.now();
  const clients = workers.map(({ url }) => new Client(url));
  const groups = clients.map((client) => Array.from({ length: WRITERS_PER_WAY }, () => new Writer(client)));
  const writing = groups.flat().map((writer) => writer.run(start + SECONDS * 1000));
  const happened = await disturb(postmaster, start);
  await Promise.all(writing);
  for (const client of clients) client.close();
  for (const [at, worker] of workers.entries())
    await judge(worker, groups[at] ?? [], happened, postmaster.adminUrl).catch((error) =>
      check(`over ${worker.way}`, false, String(error)),
    );
  const total = groups.flat().reduce((sum, { acknowledged }) => sum + acknowledged, 0);
  check(`at least ${FEWEST_WRITES} writes acknowledged`, total >= FEWEST_WRITES, `${total} in ${SECONDS} s`);
}

async function disturb(postmaster: Postmaster, start: number): Promise<Outage[]> {
  const happened: Outage[] = [];
  for (const { name, at, signal, seconds } of outages) {
    await pause(Math.max(0, start + at * 1000 - performance.now()));
    const down = performance.now();
    await postmaster.kill(signal);
    await pause(seconds * 1000);
    await postmaster.start();
    happened.push({ name, down, ready: performance.now() });
  }
  return happened;
}

async function judge(worker: Worker, writers: Writer[], happened: Outage[], adminUrl: string): Promise<void> {
  const { way, lines } = worker;
  const { unacknowledged, ...differences } = await compare(adminUrl, writers);
  const sum = (count: (writer: Writer) => number) => writers.reduce((total, writer) => total + count(writer), 0);
  check(
    `over ${way}, every acknowledged write is there, once`,
    Object.values(differences).every((count) => count === 0),
    `${sum((writer) => writer.acknowledged)} acknowledged, ${list(differences)}` +
      ` (${unacknowledged} without a key were answered 503 and are there)`,
  );
  check(
    `over ${way}, no retry with a key doubled a task`,
    differences.doubled + differences.misled === 0,
    `${sum(({ keys }) => keys.size)} keys, ${sum(({ retries }) => retries)} retries`,
  );
  judgeAnswers(worker, writers, happened);
  const leak = lines.map((line) => canaryIn(line)).find(Boolean);
  check(`over ${way}, no canary in the log`, leak === undefined, `${lines.length} lines, ${leak ?? 'none'}`);
  const others = lines.filter((line) => !line.startsWith('{"time"'));
  check(`over ${way}, the runtime had nothing to say`, others.length === 0, others[0] ?? 'only lines of the log');
}

function judgeAnswers({ way, alive }: Worker, writers: Writer[], happened: Outage[]): void {
  const seen = writers.flatMap((writer) => writer.seen);
  const failures = seen.filter(({ answer }) => !isSuccess(answer));
  const statuses = Object.groupBy(seen, ({ answer }) => answer.status);
  const counts = Object.entries(statuses).map(([status, of]) => `${of?.length} × ${status}`);
  const strange = failures.find(({ answer }) => answer.status !== 503);
  check(
    `over ${way}, only 2xx and 503 seen`,
    alive() && strange === undefined,
    `${counts.join(', ')}${strange ? `, such as ${strange.answer.body}` : ''}`,
  );
  const leak = failures.map(({ answer }) => canaryIn(answer.body + JSON.stringify(answer.headers))).find(Boolean);
  const bare = failures.filter(({ answer }) => !answer.headers['retry-after']).length;
  check(
    `over ${way}, each 503 has Retry-After and no canary`,
    !leak && bare === 0,
    `${bare} without, ${leak ?? 'none'}`,
  );
  const slowest = Math.max(...seen.map(({ answer }) => answer.milliseconds));
  check(`over ${way}, slowest answer ≤ ${SLOWEST_ANSWER} ms`, slowest <= SLOWEST_ANSWER, `${slowest.toFixed(0)} ms`);
  for (const [at, { name, down, ready }] of happened.entries()) {
    const end = happened[at + 1]?.down ?? Number.POSITIVE_INFINITY;
    const after = seen.filter(({ asked }) => asked > down && asked < end);
    const first = Math.min(
      ...after.filter((it) => isSuccess(it.answer) && it.answered > ready).map((it) => it.answered),
    );
    const last = Math.max(
      ready,
      ...after.filter((it) => it.answered < end && !isSuccess(it.answer)).map((it) => it.answered),
    );
    check(
      `over ${way}, ${name}: recovered within ${LONGEST_RECOVERY} ms`,
      Math.max(first, last) - ready <= LONGEST_RECOVERY,
      `down ${ms(ready - down)}, first 2xx after ${ms(first - ready)}, last 503 after ${ms(last - ready)}`,
    );
  }
}

const ms = (time: number) => `${time.toFixed(0)} ms`;

const list = (counts: Record<string, number>) =>
  Object.entries(counts)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ');
