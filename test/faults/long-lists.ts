import { setTimeout as sleep } from 'node:timers/promises';
import { check } from '../support/checks.ts';
import { leakIn } from './canaries.ts';
import { open, send } from './client.ts';
import { openConnections, type Postmaster, query } from './postmaster.ts';
import { median } from './statistics.ts';
import { createUser, type User } from './users.ts';
import { startWorker, transports, type Worker } from './workers.ts';

/** MiB of memory in use for a list of 100,000 tasks beyond that for lists of 1,000. */
const MAX_LIST_MEMORY = 20;
/** MiB of memory in use for each list that its client has stopped reading. */
const MAX_READER_MEMORY = 2;
const STALLED_READERS = 20;
/** Longer than all statements of a request may take together. */
const STALL_MS = 6_000;
/** First byte of a list of 100,000, in times of a whole list of 1,000. */
const MAX_FIRST_BYTE = 3;
const SAMPLES = 9;

export async function longLists(postmaster: Postmaster): Promise<void> {
  const short = await createUser(postmaster.adminUrl, 1_000);
  const long = await createUser(postmaster.adminUrl, 100_000);
  await query(postmaster.adminUrl, 'analyze tasks');
  for (const transport of transports) {
    const worker = await startWorker(transport, postmaster.url);
    try {
      await wholeList(worker, short, long);
      await firstByte(worker, short, long);
      await stalledReaders(worker, long, postmaster.adminUrl);
      await brokenList(worker, long, postmaster);
    } finally {
      await worker.stop();
    }
  }
}

async function wholeList(worker: Worker, short: User, long: User): Promise<void> {
  for (let i = 0; i < long.tasks / short.tasks; i++) await send(worker.url, listOf(short));
  const before = await memoryInUse(worker);
  const samples: number[] = [];
  let isReading = true;
  const reading = readIds(worker, long).finally(() => {
    isReading = false;
  });
  while (isReading) samples.push(await memoryInUse(worker));
  const ids = await reading;
  check(
    `over ${worker.transport}, a list of ${long.tasks} is complete, newest first`,
    ids.length === long.tasks && ids.every((id, at) => at === 0 || id < (ids[at - 1] ?? 0)),
    `${ids.length} tasks`,
  );
  const most = Math.max(...samples);
  check(
    `over ${worker.transport}, it takes at most ${MAX_LIST_MEMORY} MiB more than lists of ${short.tasks}`,
    most - before <= MAX_LIST_MEMORY && samples.length > 2,
    `${mib(before)} before, at most ${mib(most)} in ${samples.length} samples`,
  );
}

async function firstByte({ transport, url }: Worker, short: User, long: User): Promise<void> {
  const whole: number[] = [];
  const first: number[] = [];
  for (let i = 0; i < SAMPLES; i++) {
    whole.push((await send(url, listOf(short))).milliseconds);
    const start = performance.now();
    const reader = (await open(url, listOf(long))).body?.getReader();
    await reader?.read();
    first.push(performance.now() - start);
    await reader?.cancel();
  }
  check(
    `over ${transport}, its first byte takes at most ${MAX_FIRST_BYTE} × a list of ${short.tasks}`,
    median(first) <= MAX_FIRST_BYTE * median(whole),
    `${median(first).toFixed(1)} ms against ${median(whole).toFixed(1)} ms`,
  );
}

/** More data than the sockets buffer, so that the Worker must wait for its clients. */
async function stalledReaders(worker: Worker, long: User, adminUrl: string): Promise<void> {
  const { transport, url } = worker;
  const before = await memoryInUse(worker);
  const responses = await Promise.all(Array.from({ length: STALLED_READERS }, () => open(url, listOf(long))));
  await sleep(STALL_MS);
  const each = ((await memoryInUse(worker)) - before) / STALLED_READERS;
  check(
    `over ${transport}, a reader that stalls takes at most ${MAX_READER_MEMORY} MiB`,
    each <= MAX_READER_MEMORY,
    mib(each),
  );
  if (transport === 'TCP') {
    const connections = await openConnections(adminUrl);
    check(`over ${transport}, readers that stall hold no connection`, connections === 0, `${connections} open`);
  }
  const [slow, ...others] = responses;
  for (const { body } of others) await body?.cancel();
  const tasks = (await slow?.json()) as unknown[];
  check(
    `over ${transport}, a reader that continues gets the whole list`,
    tasks.length === long.tasks,
    `${tasks.length} tasks`,
  );
}

/** workerd ends the HTTP message as if it were complete (workerd#6818): it is the JSON that shows that the list is not. */
async function brokenList({ transport, lines, url }: Worker, long: User, postmaster: Postmaster): Promise<void> {
  const response = await open(url, listOf(long));
  const logged = lines.length;
  let body = '';
  const read = async () => {
    for await (const chunk of response.body ?? []) {
      if (body === '') await postmaster.kill('SIGQUIT');
      body += Buffer.from(chunk).toString('latin1');
    }
  };
  await read().catch(() => {});
  await postmaster.start();
  check(
    `over ${transport}, a list whose PostgreSQL crashes is not valid JSON`,
    body.length > 0 && !body.endsWith(']'),
    `${mib(body.length / 2 ** 20)} read`,
  );
  const added = lines.slice(logged);
  const errors = added.filter((line) => line.includes('"level":"error"'));
  const leak = leakIn(added);
  check(
    `over ${transport}, one line of the log reports it, without a secret`,
    errors.length === 1 && leak === undefined,
    leak ?? errors.join(' | '),
  );
}

async function readIds({ url }: Worker, user: User): Promise<number[]> {
  const tasks = (await (await open(url, listOf(user))).json()) as { id: number }[];
  return tasks.map(({ id }) => id);
}

async function memoryInUse({ collectGarbage, memory }: Worker): Promise<number> {
  await collectGarbage();
  return memory();
}

const listOf = ({ token }: User) => ({ method: 'GET', path: '/api/tasks', token });

const mib = (amount: number) => `${amount.toFixed(1)} MiB`;
