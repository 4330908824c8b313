import type { IncomingMessage } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { canaryIn } from './canaries.ts';
import { check } from './checks.ts';
import { Client } from './client.ts';
import { type Postmaster, query } from './postmaster.ts';
import { median } from './statistics.ts';
import { createUser, type User } from './users.ts';
import { type Way, type Worker, ways } from './workerd.ts';

/** MiB that the Worker may take for a list of 100,000 over those for one of 100. */
const MOST_MEMORY = 20;
/** How many times as long as a whole list of 1,000 the first byte of one of 100,000 may take. */
const LATEST_FIRST_BYTE = 3;
const TIMES = 9;
/** Milliseconds between two looks at the memory. */
const LOOK = 5;

type Users = { short: User; middling: User; long: User };

export async function longLists(postmaster: Postmaster, startWorker: (way: Way) => Promise<Worker>): Promise<void> {
  const [short, middling, long] = [100, 1_000, 100_000].map((tasks) => createUser(postmaster.adminUrl, tasks));
  const users = { short: await short, middling: await middling, long: await long } as Users;
  await query(postmaster.adminUrl, 'analyze tasks');
  for (const way of ways) {
    const untouched = await startWorker(way);
    const peakOfShort = await peak(untouched, () => readShort(untouched, users));
    await untouched.stop();
    const worker = await startWorker(way);
    await wholeList(worker, users, peakOfShort);
    await memoryHeld(worker, users);
    await firstByte(worker, users);
    await brokenOff(worker, users, postmaster);
    await worker.stop();
  }
}

/** As many tasks as the long list has, in short ones: what the runtime leaves uncollected depends on how much it reads. */
async function readShort({ url }: Worker, { short, long }: Users): Promise<void> {
  const client = new Client(url);
  for (let i = 0; i < long.tasks / short.tasks; i++) await client.send(list(short));
  client.close();
}

async function wholeList(worker: Worker, { short, long }: Users, peakOfShort: number): Promise<void> {
  const start = performance.now();
  let ids: number[] = [];
  const most = await peak(worker, async () => {
    ids = await readIds(await new Client(worker.url).open(list(long)));
  });
  const ordered = ids.every((id, at) => at === 0 || id < (ids[at - 1] ?? 0));
  check(
    `over ${worker.way}, a list of ${long.tasks} comes whole`,
    ids.length === long.tasks && ordered,
    `${ids.length} tasks in ${ms(performance.now() - start)}, newest first`,
  );
  check(
    `over ${worker.way}, it takes less than ${MOST_MEMORY} MiB more than as many tasks in lists of ${short.tasks}`,
    most - peakOfShort < MOST_MEMORY,
    `at most ${mib(most)} against ${mib(peakOfShort)}`,
  );
}

/** What is held and not only waiting to be collected. */
async function memoryHeld(worker: Worker, users: Users): Promise<void> {
  await readShort(worker, users);
  await worker.collectGarbage();
  const before = worker.rss();
  const client = new Client(worker.url);
  const held: number[] = [];
  let over = false;
  const reading = client
    .open(list(users.long))
    .then(readIds)
    .finally(() => {
      over = true;
    });
  while (!over) {
    await worker.collectGarbage();
    held.push(worker.rss());
    await pause(100);
  }
  await reading;
  client.close();
  const most = Math.max(...held);
  check(
    `over ${worker.way}, it holds less than ${MOST_MEMORY} MiB more at any time than lists of ${users.short.tasks}`,
    most - before < MOST_MEMORY && held.length > 2,
    `${mib(before)} before, at most ${mib(most)} in ${held.length} looks, garbage collected`,
  );
}

async function firstByte({ way, url }: Worker, { middling, long }: Users): Promise<void> {
  const client = new Client(url);
  const whole: number[] = [];
  const first: number[] = [];
  for (let i = 0; i < TIMES; i++) {
    whole.push((await client.send(list(middling))).milliseconds);
    const start = performance.now();
    const response = await client.open(list(long));
    for await (const _ of response) break; // Leaves the rest unread, as a client does that goes away.
    first.push(performance.now() - start);
  }
  client.close();
  const ratio = median(first) / median(whole);
  check(
    `over ${way}, its first byte comes within ${LATEST_FIRST_BYTE} × the time of a list of ${middling.tasks}`,
    ratio <= LATEST_FIRST_BYTE,
    `${median(first).toFixed(1)} ms against ${median(whole).toFixed(1)} ms: ${ratio.toFixed(2)} ×`,
  );
}

/**
 * The cut list lacks its end, so that no reader takes it for JSON. That the HTTP message ends as if it were whole is
 * workerd's doing, whatever a Worker does: https://github.com/cloudflare/workerd/issues/6818
 */
async function brokenOff({ way, lines, url }: Worker, { long }: Users, postmaster: Postmaster): Promise<void> {
  const response = await new Client(url).open(list(long));
  const logged = lines.length;
  let body = '';
  const start = performance.now();
  await readAll(response, async (chunk) => {
    if (body === '') await postmaster.kill('SIGQUIT');
    body += chunk;
  }).catch(() => {});
  const took = performance.now() - start;
  await postmaster.start();
  const end = response.complete ? 'the message ends as if whole' : 'the message breaks off';
  check(
    `over ${way}, a list whose PostgreSQL goes in the middle is no JSON`,
    body.length > 0 && !isJson(body),
    `${mib(body.length / 2 ** 20)} read, ${end} after ${ms(took)}`,
  );
  const said = lines.slice(logged);
  const errors = said.filter((line) => line.includes('"level":"error"'));
  check(
    `over ${way}, one line of the log says so`,
    errors.length === 1 && errors[0]?.includes('database_unavailable') === true,
    errors.join(' | ') || 'none',
  );
  const leak = said.map((line) => canaryIn(line)).find(Boolean);
  check(`over ${way}, nor that line nor the runtime's holds a canary`, leak === undefined, leak ?? 'none');
}

async function readAll(response: IncomingMessage, take: (chunk: Buffer) => Promise<void>): Promise<void> {
  for await (const chunk of response) await take(chunk);
}

const ms = (time: number) => `${time.toFixed(0)} ms`;
const mib = (amount: number) => `${amount.toFixed(1)} MiB`;

const list = ({ token }: User) => ({ method: 'GET', path: '/api/tasks', token });

/** Reads a list and keeps nothing of it but the ids. */
async function readIds(response: IncomingMessage): Promise<number[]> {
  const ids: number[] = [];
  let rest = '';
  for await (const chunk of response) {
    rest += chunk;
    let end = 0;
    for (const match of rest.matchAll(/\{"id":(\d+),/g)) {
      ids.push(Number(match[1]));
      end = match.index + match[0].length;
    }
    rest = rest.slice(Math.max(end, rest.length - 40));
  }
  if (!rest.endsWith(']')) throw new Error(`the list ended with ${rest}`);
  return ids;
}

/** @returns the most memory that was held while something ran. */
async function peak({ rss }: Worker, run: () => Promise<void>): Promise<number> {
  let most = rss();
  const looking = setInterval(() => {
    most = Math.max(most, rss());
  }, LOOK);
  await run().finally(() => clearInterval(looking));
  return most;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
