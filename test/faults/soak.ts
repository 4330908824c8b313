import { randomUUID } from 'node:crypto';
import { check } from '../support/checks.ts';
import { tokenOf } from './canaries.ts';
import { type Request, send } from './client.ts';
import { openConnections } from './postmaster.ts';
import type { Worker } from './workers.ts';

const USERS = 8;
const ROUNDS = 25;
/** Rounds until the runtime has compiled and allocated what it keeps. */
const WARM_UP_ROUNDS = 13;
/** MiB that memory may grow in `PER` requests. */
const MAX_GROWTH = 1;
const PER = 100_000;
/** MiB that it may grow in fewer: a young process takes pages 3 MiB at a time, and now and then twice in a row. */
const MAX_GROWTH_IN_FEWER = { heap: 0.3, process: 8 };

/** A request over TCP costs PostgreSQL a process: a third of the requests takes half of the time. */
const shares = { 'Neon HTTP': 2 / 3, TCP: 1 / 3 };

/** Sends a mixed load, and compares the memory in use after each round. */
export async function soak(workers: Worker[], requests: number, adminUrl: string): Promise<void> {
  await Promise.all(workers.map((worker) => soakOne(worker, requests * shares[worker.transport])));
  const connections = await openConnections(adminUrl);
  const areRunning = workers.every(({ isRunning }) => isRunning());
  check('no connection stays open while the Workers run', connections === 0 && areRunning, `${connections} open`);
}

async function soakOne({ transport, url, memory, collectGarbage }: Worker, requests: number): Promise<void> {
  const tokens = await Promise.all(Array.from({ length: USERS }, (_, at) => tokenOf(`soak-${transport}-${at}`)));
  const heaps: [number, number][] = [];
  const processes: [number, number][] = [];
  let sent = 0;
  const visitUntil = async (token: string, end: number) => {
    while (sent < end) {
      const requests = await visit(url, token);
      sent += requests; // Not `sent += await …`, which reads `sent` before the visit.
    }
  };
  for (let round = 1; round <= ROUNDS; round++) {
    await Promise.all(tokens.map((token) => visitUntil(token, (requests * round) / ROUNDS)));
    const heap = await collectGarbage();
    if (round <= WARM_UP_ROUNDS) continue;
    heaps.push([sent, heap]);
    processes.push([sent, memory()]);
  }
  checkGrowth(`over ${transport}, the heap of the isolate`, heaps, MAX_GROWTH_IN_FEWER.heap);
  checkGrowth(`over ${transport}, the memory of the process`, processes, MAX_GROWTH_IN_FEWER.process);
}

function checkGrowth(name: string, points: [sent: number, memory: number][], maxInFewer: number): void {
  const early = points.slice(0, 3);
  const [firstSent] = early.at(-1) ?? [0];
  const first = Math.max(...early.map(([, memory]) => memory)); // The least of them may precede a step of a young process.
  const [lastSent, last] = points.at(-1) ?? [0, 0];
  const requests = lastSent - firstSent;
  const limit = requests < PER ? maxInFewer : (MAX_GROWTH * requests) / PER;
  check(
    `${name} grows by at most ${limit.toFixed(1)} MiB in ${requests} requests`,
    last - first <= limit,
    points.map(([, memory]) => memory.toFixed(1)).join(' '),
  );
}

/** Calls every operation, and leaves nothing behind. @returns the number of requests. */
async function visit(url: string, token: string): Promise<number> {
  let sent = 0;
  const expect = async (status: number, method: string, path: string, options: Partial<Request> = {}) => {
    sent++;
    const result = await send(url, { token, ...options, method, path: `/api/tasks${path}` });
    if (result.status !== status) throw new Error(`${method} ${path}: ${result.status} ${result.body}`);
    return result.body;
  };
  const create = async (headers: Record<string, string>) => {
    const body = { title: `canary-title ${randomUUID()}`, description: 'x'.repeat(200) };
    return `/${JSON.parse(await expect(201, 'POST', '', { body, headers })).id}`;
  };
  const task = await create({});
  const other = await create({ 'Idempotency-Key': randomUUID() });
  await expect(200, 'GET', '');
  await expect(200, 'GET', '?limit=1&status=pending');
  await expect(200, 'GET', task);
  await expect(304, 'GET', task, { headers: { 'If-None-Match': '"1"' } });
  await expect(200, 'PUT', task, { body: { title: `other ${randomUUID()}` } });
  await expect(200, 'PATCH', `${task}/complete`);
  await expect(412, 'DELETE', task, { headers: { 'If-Match': '"1"' } });
  await expect(422, 'POST', '', { body: { title: ' ' } });
  await expect(401, 'GET', '', { token: 'none' });
  await expect(204, 'DELETE', task);
  await expect(404, 'GET', task);
  await expect(204, 'DELETE', other);
  return sent;
}
