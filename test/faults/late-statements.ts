import pg from 'pg';
import { check } from '../support/checks.ts';
import { tokenOf } from './canaries.ts';
import { send } from './client.ts';
import { type Postmaster, query, until } from './postmaster.ts';
import { type Worker, withWorkers } from './workers.ts';

/** Statements wait for a lock for longer than their requests do. */
export async function lateStatements({ url, adminUrl }: Postmaster): Promise<void> {
  // The superuser has no time limit: over Neon HTTP, nothing but a cancel request ends its statements.
  await withWorkers(adminUrl, ([neon]) => endStatements(neon, adminUrl));
  await withWorkers(url, ([, tcp]) => endStatements(tcp, adminUrl));
}

async function endStatements({ transport, url }: Worker, adminUrl: string): Promise<void> {
  const token = await tokenOf(`late-${transport}`);
  const body = { title: 'first' };
  const task = JSON.parse((await send(url, { method: 'POST', path: '/api/tasks', token, body })).body);
  const unlock = await lockTask(adminUrl, task.id);
  const hangUp = new AbortController();
  const change = { method: 'PUT', path: `/api/tasks/${task.id}`, token, body: { title: 'late' } };
  const late = send(url, change);
  const abandoned = send(url, { ...change, signal: hangUp.signal });
  await until(async () => (await waiting(adminUrl)) === 2);
  hangUp.abort();
  await abandoned;
  const { status } = await late;
  const start = performance.now();
  const ended = await until(async () => (await waiting(adminUrl)) === 0);
  const milliseconds = performance.now() - start;
  await unlock();
  const { body: after } = await send(url, { method: 'GET', path: `/api/tasks/${task.id}`, token });
  check(
    `over ${transport}, no statement outlives a request that was too late or abandoned, or changes a task`,
    status === 503 && ended && JSON.parse(after).title === 'first',
    `status ${status}, then ${milliseconds.toFixed(0)} ms`,
  );
}

/** @returns a function that unlocks it. */
async function lockTask(adminUrl: string, id: number): Promise<() => Promise<void>> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  await client.query('begin');
  await client.query('select from tasks where id = $1 for update', [id]);
  return () => client.end();
}

async function waiting(adminUrl: string): Promise<number> {
  return (await query(adminUrl, "select from pg_stat_activity where wait_event_type = 'Lock'")).length;
}
