import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { DATABASE_TIMEOUT_MS } from '../../src/db/client.ts';
import { check } from '../support/checks.ts';
import { PATIENCE } from '../support/workerd.ts';
import { tokenOf } from './canaries.ts';
import { isSuccess, open, type Result, send } from './client.ts';
import { openConnections, type Postmaster, storeTasks, until } from './postmaster.ts';
import { type Worker, withWorkers } from './workers.ts';

/** Many more than the sockets buffer. */
const TASKS = 40_000;
/** How many begin at the same time. */
const BATCH = 5;
/** MiB in use for each. */
const MAX_MEMORY = 5;
/** Longer than all statements of a request may take together. */
const STALL_MS = DATABASE_TIMEOUT_MS * PATIENCE + 1_000;

/** Clients ask for long lists, and do not read them. */
export async function absentReaders({ url, adminUrl }: Postmaster, readers: number): Promise<void> {
  await storeTasks(adminUrl, 'absent', TASKS);
  const use = async (workers: Worker[]) => {
    for (const worker of workers) await stopReading(worker, adminUrl, readers);
  };
  await withWorkers(url, use, PATIENCE);
}

async function stopReading(worker: Worker, adminUrl: string, readers: number): Promise<void> {
  const { transport, url, lines } = worker;
  const list = { method: 'GET', path: '/api/tasks', token: await tokenOf('absent') };
  for (let i = 0; i < 30; i++) await (await open(url, list)).body?.cancel();
  const before = await memoryInUse(worker);
  const logged = lines.length;
  const begun = () => lines.slice(logged).filter((line) => /"status":/.test(line) && line.includes('"absent"'));
  const sockets: Socket[] = [];
  while (sockets.length < readers) {
    for (let i = 0; i < BATCH; i++) sockets.push(requestUnread(url, list));
    await until(async () => begun().length === sockets.length);
  }
  const slow = await open(url, list);
  const connections = await openConnections(adminUrl);
  const others = await sendMeanwhile(url, await tokenOf('present'));
  const each = ((await memoryInUse(worker)) - before) / readers;
  check(
    `over ${transport}, ${readers} clients that do not read take at most ${MAX_MEMORY} MiB each and no connection`,
    each <= MAX_MEMORY && connections === 0 && begun().every((line) => line.includes('"status":200')),
    `${each.toFixed(1)} MiB, ${connections} connections`,
  );
  const slowest = Math.max(...others.map(({ milliseconds }) => milliseconds));
  check(
    `over ${transport}, another user’s requests succeed meanwhile`,
    others.every(isSuccess),
    `${others.length} in at most ${slowest.toFixed(0)} ms`,
  );
  const tasks = (await slow.json()) as unknown[];
  check(
    `over ${transport}, a client that reads on gets the whole list`,
    tasks.length === TASKS,
    `${tasks.length} tasks`,
  );
  for (const socket of sockets) socket.destroy();
}

function requestUnread(url: string, { path, token }: { path: string; token: string }): Socket {
  const socket = connect(Number(new URL(url).port), '127.0.0.1').pause();
  socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n\r\n`);
  return socket.on('error', () => {});
}

async function sendMeanwhile(url: string, token: string): Promise<Result[]> {
  const results: Result[] = [];
  for (const end = performance.now() + STALL_MS; performance.now() < end; await sleep(50)) {
    results.push(await send(url, { method: 'POST', path: '/api/tasks', token, body: { title: 'x' } }));
    results.push(await send(url, { method: 'GET', path: '/api/tasks?limit=1', token }));
  }
  return results;
}

/** @returns MiB of the process: what waits for a reader is outside of the isolate's heap. */
async function memoryInUse({ collectGarbage, memory }: Worker): Promise<number> {
  await collectGarbage();
  return memory();
}
