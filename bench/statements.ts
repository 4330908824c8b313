import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from './database.ts';
import type { Issuer } from './issuer.ts';
import type { Server } from './workerd.ts';

/** One kind of request, how it was answered, and how many statements PostgreSQL got for each. */
export type StatementCount = { operation: string; way: string; status: number; statements: number };

type Call = { operation: string; path: string; method?: string; headers?: Record<string, string>; body?: unknown };

const USERS = 10;

/** Counts, at PostgreSQL, the statements of every operation over each way. */
export async function countStatements(
  database: Database,
  issuer: Issuer,
  ways: Record<string, Server>,
): Promise<StatementCount[]> {
  await track(database, 'top');
  const counts: StatementCount[] = [];
  for (const [way, server] of Object.entries(ways)) {
    const users = Array.from({ length: USERS }, (_, at) => `${way} ${at}`);
    const tokens = await Promise.all(users.map((id) => issuer.hs256({ id })));
    const ids: string[] = [];
    for (const { operation } of callsOf('', '')) {
      const before = await total(database);
      let status = 0;
      for (const [at, user] of users.entries()) {
        const call = callsOf(user, ids[at] ?? '0').find((it) => it.operation === operation) as Call;
        const answer = await send(server, call, tokens[at] ?? '');
        ids[at] ??= answer.headers.get('Location')?.split('/').at(-1) as string;
        status = answer.status;
      }
      counts.push({ operation, way, status, statements: ((await total(database)) - before) / USERS });
    }
  }
  await track(database, 'none');
  return counts;
}

/** Each user makes the task first that the others then want. */
function callsOf(user: string, id: string): Call[] {
  const task = `/api/tasks/${id}`;
  const title = 'Buy groceries';
  return [
    { operation: 'create', method: 'POST', path: '/api/tasks', body: { title } },
    {
      operation: 'create once',
      method: 'POST',
      path: '/api/tasks',
      body: { title },
      headers: { 'Idempotency-Key': 'a' },
    },
    { operation: 'list', path: '/api/tasks' },
    { operation: 'list, filtered', path: '/api/tasks?status=pending' },
    { operation: 'list, a page', path: '/api/tasks?limit=1' },
    { operation: 'list, path address', path: `/api/${encodeURIComponent(user)}/tasks` },
    { operation: 'get one', path: task },
    { operation: 'get one, known', path: task, headers: { 'If-None-Match': '"1"' } },
    { operation: 'update', method: 'PATCH', path: task, body: { title: 'Buy more' } },
    { operation: 'update, If-Match', method: 'PUT', path: task, body: { title }, headers: { 'If-Match': '"2"' } },
    { operation: 'toggle', method: 'PATCH', path: `${task}/complete` },
    { operation: 'set done', method: 'PATCH', path: `${task}/complete`, body: { completed: true } },
    { operation: 'delete', method: 'DELETE', path: task },
    { operation: '404', path: task },
    { operation: '422', method: 'POST', path: '/api/tasks', body: { title: '' } },
    { operation: '401', path: task, headers: { Authorization: '' } },
  ];
}

async function send({ url }: Server, { method = 'GET', path, headers, body }: Call, token: string): Promise<Response> {
  const answer = await fetch(`${url}${path}`, {
    method,
    headers: {
      Authorization: `Bearer ${token}`,
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  await answer.text();
  return answer;
}

/** Every process of PostgreSQL learns of it with its next statement, a moment later. */
async function track({ query }: Database, what: 'top' | 'none'): Promise<void> {
  await query(`alter system set pg_stat_statements.track = '${what}'`);
  await query('select pg_reload_conf()');
  await sleep(300);
}

async function total({ query }: Database): Promise<number> {
  const { rows } = await query(
    `select coalesce(sum(calls), 0)::int as calls from pg_stat_statements where query not like '%pg_stat_statements%'`,
  );
  return rows[0].calls;
}
