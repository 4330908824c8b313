import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { tokenOf } from './canaries.ts';
import { check } from './checks.ts';
import { type Ask, Client } from './client.ts';
import { type Postmaster, query } from './postmaster.ts';
import { slope } from './statistics.ts';
import type { Worker } from './workerd.ts';

const CLIENTS = 8;
const ROUNDS = 25;
/** Rounds until the runtime has compiled and allocated what it keeps. */
const WARM_UP = 10;
/** MiB that memory may grow in 100,000 requests. */
const MOST_GROWTH = 1;
const PER = 100_000;
/** MiB that it may grow in all where fewer were seen: a heap is known to the byte, but a young process takes pages 3 MiB at a time. */
const MOST_IN_FEWER = { heap: 1, process: 4 };

/** A TCP request costs PostgreSQL a process of its own, and so a third of the requests takes half of the time. */
const shares = { neon: 2 / 3, tcp: 1 / 3 };

/** Sends a mixed load to both, and looks at the memory that stays after each round. */
export async function soak(workers: Worker[], requests: number): Promise<void> {
  await Promise.all(workers.map((worker) => soakOne(worker, Math.round(requests * shares[worker.way]))));
}

/** After the load: the connections of the endpoint in front are not the Worker's, and so it goes first. */
export async function noConnectionStays({ adminUrl }: Postmaster, [neon, tcp]: Worker[]): Promise<void> {
  await neon?.stop();
  const deadline = performance.now() + 5_000;
  let open = Number.NaN;
  while (open !== 0 && performance.now() < deadline) {
    const [row] = await query<{ open: number }>(
      adminUrl,
      `select count(*)::int as open from pg_stat_activity where usename = 'worker_role'`,
    );
    open = row?.open ?? Number.NaN;
    await pause(100);
  }
  check('no database connection stays while the Worker does', open === 0 && tcp?.alive() === true, `${open} open`);
}

async function soakOne({ way, url, rss, collectGarbage }: Worker, requests: number): Promise<void> {
  const client = new Client(url);
  const people = await Promise.all(
    Array.from({ length: CLIENTS }, async (_, at) => new Person(client, await tokenOf(`soak-${way}-${at}`))),
  );
  const memory: [number, number][] = [];
  const heap: [number, number][] = [];
  const start = performance.now();
  for (let round = 1; round <= ROUNDS; round++) {
    const enough = (requests * round) / ROUNDS;
    const sent = () => people.reduce((sum, person) => sum + person.sent, 0);
    await Promise.all(people.map((person) => person.visitUntil(() => sent() >= enough)));
    const used = await collectGarbage();
    if (round > WARM_UP) {
      memory.push([sent() / PER, rss()]);
      heap.push([sent() / PER, used]);
    }
  }
  client.close();
  const wrong = people.flatMap((person) => person.wrong);
  check(`over ${way}, each of ${requests} requests is answered as it must be`, wrong.length === 0, wrong[0] ?? rate());
  judge(`over ${way}, the process's memory`, memory, MOST_IN_FEWER.process);
  judge(`over ${way}, the isolate's heap`, heap, MOST_IN_FEWER.heap);

  function rate(): string {
    const seconds = (performance.now() - start) / 1000;
    return `${(requests / seconds).toFixed(0)} a second`;
  }
}

function judge(name: string, points: [number, number][], mostInFewer: number): void {
  const { slope: growth, error } = slope(points);
  const [[from, first] = [0, 0]] = points;
  const [to, last] = points.at(-1) ?? [0, 0];
  const length = to - from;
  const isLong = length >= 1;
  check(
    `${name} grows by at most ${isLong ? `${MOST_GROWTH} MiB in ${PER} requests` : `${mostInFewer} MiB`}`,
    isLong ? growth <= MOST_GROWTH : growth * length <= mostInFewer,
    `${growth.toFixed(2)} ± ${(2 * error).toFixed(2)} MiB in ${PER}, seen over ${(length * PER).toFixed(0)};` +
      ` ${first.toFixed(1)} MiB after the warm-up, ${last.toFixed(1)} at the end`,
  );
}

/** Somebody who uses all of the API, over and over, and leaves nothing behind. */
class Person {
  sent = 0;
  readonly wrong: string[] = [];
  private readonly client: Client;
  private readonly token: string;

  constructor(client: Client, token: string) {
    this.client = client;
    this.token = token;
  }

  async visitUntil(enough: () => boolean): Promise<void> {
    while (!enough() && this.wrong.length === 0) await this.visit();
  }

  private async visit(): Promise<void> {
    const task = await this.create({});
    const again = await this.create({ 'Idempotency-Key': randomUUID() });
    const one = `/api/tasks/${task.id}`;
    await this.expect(200, { method: 'GET', path: '/api/tasks' });
    await this.expect(200, { method: 'GET', path: '/api/tasks?limit=1&status=pending' });
    await this.expect(200, { method: 'GET', path: one });
    await this.expect(304, { method: 'GET', path: one, headers: { 'If-None-Match': '"1"' } });
    await this.expect(200, { method: 'PUT', path: one, body: { title: `other ${randomUUID()}` } });
    await this.expect(200, { method: 'PATCH', path: `${one}/complete` });
    await this.expect(412, { method: 'DELETE', path: one, headers: { 'If-Match': '"1"' } });
    await this.expect(422, { method: 'POST', path: '/api/tasks', body: { title: ' ' } });
    await this.expect(401, { method: 'GET', path: '/api/tasks', token: 'none' });
    await this.expect(204, { method: 'DELETE', path: one });
    await this.expect(404, { method: 'GET', path: one });
    await this.expect(204, { method: 'DELETE', path: `/api/tasks/${again.id}` });
  }

  private async create(headers: Record<string, string>): Promise<{ id: number }> {
    const body = { title: `task ${randomUUID()}`, description: 'x'.repeat(200) };
    return JSON.parse(await this.expect(201, { method: 'POST', path: '/api/tasks', body, headers }));
  }

  private async expect(status: number, ask: Ask): Promise<string> {
    this.sent++;
    const answer = await this.client.send({ token: this.token, ...ask });
    if (answer.status !== status) this.wrong.push(`${ask.method} ${ask.path} got ${answer.status}: ${answer.body}`);
    return answer.body || '{}';
  }
}
