import { check } from '../support/checks.ts';
import { PATIENCE } from '../support/workerd.ts';
import { leakIn, tokenOf } from './canaries.ts';
import { open, type Request, send } from './client.ts';
import { whileHolding } from './garbage.ts';
import { type Postmaster, storeTasks } from './postmaster.ts';
import { type Worker, withWorkers } from './workers.ts';

const SHORT = 1_000;
const LONG = 40_000;
/** MiB that the isolate may hold more while a long list is read, which itself has 12. */
const MAX_HELD = 8;
/** Time to the first byte of a long list, in times of a whole short one. */
const MAX_FIRST_BYTE = 3;

type Lists = { short: Request; long: Request };

export async function longLists(postmaster: Postmaster): Promise<void> {
  const list = async (userId: string) => ({ method: 'GET', path: '/api/tasks', token: await tokenOf(userId) });
  const lists = { short: await list('short'), long: await list('long') };
  await storeTasks(postmaster.adminUrl, 'short', SHORT);
  await storeTasks(postmaster.adminUrl, 'long', LONG);
  const read = async (workers: Worker[]) => {
    for (const worker of workers) {
      await readWhole(worker, lists);
      await readFirstByte(worker, lists);
      await readBroken(worker, lists, postmaster);
    }
  };
  await withWorkers(postmaster.url, read, PATIENCE);
}

async function readWhole(worker: Worker, { short, long }: Lists): Promise<void> {
  await send(worker.url, short);
  const { result: tasks, held } = await whileHolding(worker.collectGarbage, async () => {
    const response = await open(worker.url, long);
    return (await response.json()) as { id: number }[];
  });
  check(
    `over ${worker.transport}, a list of ${LONG} is complete, newest first, and the isolate holds at most ${MAX_HELD} MiB`,
    tasks.length === LONG && tasks.every(({ id }, at) => at === 0 || id < (tasks[at - 1]?.id ?? 0)) && held <= MAX_HELD,
    `${tasks.length} tasks, ${held.toFixed(1)} MiB`,
  );
}

/** Compares the best of several: the others say how busy the machine is. */
async function readFirstByte({ transport, url }: Worker, { short, long }: Lists): Promise<void> {
  let [whole, first] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let i = 0; i < 15; i++) {
    whole = Math.min(whole, (await send(url, short)).milliseconds);
    const start = performance.now();
    const reader = (await open(url, long)).body?.getReader();
    await reader?.read();
    first = Math.min(first, performance.now() - start);
    await reader?.cancel();
  }
  check(
    `over ${transport}, its first byte takes at most ${MAX_FIRST_BYTE} × a list of ${SHORT}`,
    first <= MAX_FIRST_BYTE * whole,
    `${first.toFixed(1)} ms against ${whole.toFixed(1)} ms`,
  );
}

/** workerd ends the HTTP message as if it were complete (workerd#6818), but the JSON has no end. */
async function readBroken({ transport, lines, url }: Worker, { long }: Lists, postmaster: Postmaster): Promise<void> {
  const response = await open(url, long);
  const logged = lines.length;
  let body = '';
  const reading = async () => {
    for await (const chunk of response.body ?? []) {
      if (body === '') await postmaster.kill('SIGQUIT');
      body += Buffer.from(chunk).toString('latin1');
    }
  };
  await reading().catch(() => {});
  await postmaster.start();
  const isBroken = body.length > 0 && !body.endsWith(']');
  check(`over ${transport}, a list whose PostgreSQL crashes is not valid JSON`, isBroken, `${body.length} bytes`);
  const added = lines.slice(logged);
  const errors = added.filter((line) => line.includes('"level":"error"'));
  const leak = leakIn(added);
  check(
    `over ${transport}, one line of the log reports it, without a secret`,
    errors.length === 1 && leak === undefined,
    leak ?? errors.join(' | '),
  );
}
