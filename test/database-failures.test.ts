import { describe, expect, inject, test } from 'vitest';
import { DATABASE_TIMEOUT_MS } from '../src/db/client.ts';
import { bindings, call, createTask, databaseUrl, freshUser, overNeon } from './support/api.ts';
import { mild, neonFaults, passing, type TcpFault, tcpFaults } from './support/faults.ts';

/** Milliseconds: the limit of a request, and what its answer may take beside. */
const SLOWEST_ANSWER = DATABASE_TIMEOUT_MS + 500;

/** The variables that lead to the database through a fault. */
function through(fault: string) {
  if (overNeon) return { DATABASE_URL: databaseUrl(fault) };
  const url = new URL(bindings.DATABASE_URL ?? '');
  url.port = String(inject('tcpFaults')[fault as TcpFault]);
  return { DATABASE_URL: url.href };
}

/** The faults that a client only notices by waiting; all others it is told of. */
const silent = ['swallowed', 'half-open'];

const requests: [string, object?][] = [
  ['GET /api/tasks'],
  ['POST /api/tasks', { title: 'x' }],
  ['GET /api/tasks/:id'],
  ['PUT /api/tasks/:id', { title: 'x' }],
  ['PATCH /api/tasks/:id', { title: 'x' }],
  ['PATCH /api/tasks/:id/complete'],
  ['DELETE /api/tasks/:id'],
];

const faults = (overNeon ? neonFaults : tcpFaults).filter((fault: string) => fault !== passing);

describe.each(faults.filter((fault) => !mild.includes(fault)))('with the way to the database %s', (fault) => {
  test.concurrent.each(requests)(
    'S0 EC2, S1 EC1, S1 EC7, S2 EC2, S2 EC5, S2 SC-008, S3 EC2, S3 EC4: %s gets 503 with Retry-After, in time',
    async (request, body) => {
      const user = freshUser();
      const task = await createTask(user);
      const start = Date.now();
      const answer = await call(request.replace(':id', task.id), { user, body, env: through(fault) });
      expect([answer.status, answer.json]).toEqual([
        503,
        { detail: 'The database is unavailable; please try again', code: 'database_unavailable' },
      ]);
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(Date.now() - start).toBeLessThan(silent.includes(fault) ? SLOWEST_ANSWER : DATABASE_TIMEOUT_MS / 2);
    },
  );
});

describe.each(faults.filter((fault) => mild.includes(fault)))('with the way to the database %s', (fault) => {
  test.concurrent.each(requests)('%s succeeds all the same', async (request, body) => {
    const user = freshUser();
    const task = await createTask(user);
    const { status } = await call(request.replace(':id', task.id), { user, body, env: through(fault) });
    expect(status).toBeLessThan(300);
  });
});

describe('with a connection that breaks once', () => {
  const env = through(passing);

  test.each(['GET /api/tasks', 'GET /api/tasks?limit=5', 'HEAD /api/tasks', 'GET /api/tasks/:id', 'GET /ready'])(
    '%s is sent again, and succeeds',
    async (request) => {
      const user = freshUser();
      const task = await createTask(user);
      expect((await call(request.replace(':id', task.id), { user, env })).status).toBe(200);
    },
  );

  test('a write is not sent again', async () => {
    const user = freshUser();
    const create = () => call('POST /api/tasks', { user, env, body: { title: 'x' } });
    expect((await create()).status).toBe(503);
    expect((await create()).status).toBe(201);
    expect((await call('GET /api/tasks', { user })).json).toHaveLength(1);
  });
});

test('a database that does not exist, or a wrong password, gets 503', async () => {
  const env = { DATABASE_URL: databaseUrl('nowhere') };
  expect((await call('GET /api/tasks', { user: 'u', env })).status).toBe(503);
  const wrong = new URL(inject('databaseUrl'));
  wrong.password = 'wrong';
  expect((await call('GET /api/tasks', { user: 'u', env: { DATABASE_URL: wrong.href } })).status).toBe(503);
});
