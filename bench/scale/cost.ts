import type { Database, User } from '../database.ts';
import type { Issuer } from '../issuer.ts';
import type { LoadRequest } from '../load.ts';
import type { Operation } from '../operations.ts';
import type { Send } from '../send.ts';
import type { Server } from '../workerd.ts';
import { type Explained, explain, type Recorder, summarize } from './explain.ts';
import { findUsers } from './fill.ts';

/** What an operation costs: at one connection, in milliseconds; requests per second at 16; and as PostgreSQL tells it. */
export type Cost = {
  p50: number;
  p95: number;
  rps: number;
  /** Milliseconds of CPU per request of our Worker, and of PostgreSQL. */
  cpu: { worker: number; postgres: number };
  explained: Explained;
};

/** Statements of an operation that are explained, each of the next user. */
const EXPLAINED = 30;

/** Our Worker as it is measured, and as it is listened to. */
export type Workers = { measured: Server; recorded: Server; recorder: Recorder };

/** Measures every operation with as many tasks as there are now. */
export async function measureCosts(
  send: Send,
  database: Database,
  issuer: Issuer,
  workers: Workers,
  tasks: number,
): Promise<Record<string, Cost>> {
  const costs: Record<string, Cost> = {};
  for (const operation of await operationsOf(database, issuer, tasks)) {
    const amount = operation.name.includes('1,000') ? 200 : 1_000;
    await send(workers.measured, operation, 16, amount);
    const alone = await send(workers.measured, operation, 1, amount);
    const crowd = await send(workers.measured, operation, 16, 2 * amount);
    if (alone.errors + crowd.errors > 0) throw new Error(`${operation.name}: ${alone.errors + crowd.errors} errors`);
    const explained = await explainAll(database, workers, operation);
    const cpu = { worker: crowd.cpu, postgres: crowd.postgres };
    costs[operation.name] = { p50: alone.p50, p95: alone.p95, rps: crowd.rps, cpu, explained };
  }
  return costs;
}

async function explainAll(database: Database, { recorded, recorder }: Workers, operation: Operation) {
  const explained: Explained[] = [];
  for (let at = 0; at < EXPLAINED; at++) {
    const { path, ...init } = operation.requests[at % operation.requests.length] as LoadRequest;
    await fetch(`${recorded.url}${path}`, init).then((answer) => answer.text());
    explained.push(await explain(database, recorder.last()));
  }
  return summarize(explained);
}

async function operationsOf(database: Database, issuer: Issuer, tasks: number): Promise<Operation[]> {
  const light = await findUsers(database, 'light', [18, 22], tasks);
  const heavy = await findUsers(database, 'heavy', [900, 1000], tasks);
  const make = async (name: string, status: number, users: User[], call: (user: User) => Partial<LoadRequest>) => {
    if (users.length === 0) throw new Error(`${name}: no user has as many tasks`);
    const requests = users.map(async (user) => {
      const { headers, path = '/api/tasks', ...rest } = call(user);
      return { path, headers: { Authorization: `Bearer ${await issuer.hs256(user)}`, ...headers }, ...rest };
    });
    return { name, status, requests: await Promise.all(requests), servers: {} };
  };
  const one = ({ taskId }: User) => `/api/tasks/${taskId}`;
  const json = { 'Content-Type': 'application/json' };
  return [
    await make('list of 20', 200, light, () => ({})),
    await make('list of 1,000', 200, heavy, () => ({})),
    await make('first 50 of 1,000', 200, heavy, () => ({ path: '/api/tasks?limit=50' })),
    await make('open ones of 20', 200, light, () => ({ path: '/api/tasks?completed=false' })),
    await make('get one', 200, light, (user) => ({ path: one(user) })),
    await make('404', 404, light, () => ({ path: '/api/tasks/999999999999' })),
    await make('toggle', 200, light, (user) => ({ path: `${one(user)}/complete`, method: 'PATCH' })),
    await make('create', 201, light, () => ({ method: 'POST', headers: json, body: '{"title":"Buy groceries"}' })),
  ];
}
