import { describe, expect, test } from 'vitest';
import { call, createTask, freshUser, overNeon } from './support/api.ts';
import { expectError } from './support/expectations.ts';
import { CLOSED_ONCE, mainNeonFaults, mildFaults, silentFaults, tcpFaults } from './support/faults.ts';
import { faultyDatabase, skipPauses, spyOnTimeLimits } from './support/faulty-database.ts';
import { callAndReadLog } from './support/log.ts';

const faults = (overNeon ? mainNeonFaults : tcpFaults).filter((fault) => fault !== CLOSED_ONCE);
const isMild = (fault: string) => mildFaults.includes(fault);

/** The other operations are tried with three: what a fault means for any write is held by failure-reasons.test.ts. */
const faultsOf = (request: string) =>
  /tasks$/.test(request) ? faults : faults.filter((fault) => ['closed', 'swallowed', 'delayed'].includes(fault));

describe.each<[request: string, body?: object]>([
  ['GET /api/tasks'],
  ['POST /api/tasks', { title: 'x' }],
  ['GET /api/tasks/:id'],
  ['PUT /api/tasks/:id', { title: 'x' }],
  ['PATCH /api/tasks/:id', { title: 'x' }],
  ['PATCH /api/tasks/:id/complete'],
  ['DELETE /api/tasks/:id'],
])('%s', (request, body) => {
  const callThrough = async (fault: (typeof faults)[number]) => {
    const user = freshUser();
    const { id } = await createTask(user);
    const timeLimits = spyOnTimeLimits(silentFaults.includes(fault));
    skipPauses();
    const called = await callAndReadLog(request.replace(':id', id), { user, body, env: faultyDatabase(fault) });
    expect(timeLimits.mock.calls).toEqual([[4000]]);
    return called;
  };

  test.each(faultsOf(request).filter((fault) => !isMild(fault)))(
    'responds 503 where the database is %s, after 4 s where the fault is silent [S0 EC2, S1 EC1, S1 EC7, S2 EC2, S2 EC5, S2 SC-008, S3 EC2, S3 EC4]',
    async (fault) => {
      const { response, line } = await callThrough(fault);
      expectError(response, 'database_unavailable');
      expect(response.headers.get('retry-after')).toBe('2');
      if (silentFaults.includes(fault)) expect(line.error.reason).toBe('timed out');
    },
  );

  test.each(faultsOf(request).filter(isMild))('succeeds if the database is %s', async (fault) => {
    expect((await callThrough(fault)).response.status).toBeLessThan(300);
  });
});

test.each(['GET /api/tasks', 'GET /api/tasks?limit=5', 'HEAD /api/tasks', 'GET /api/tasks/:id', 'GET /ready'])(
  '%s is sent again where the connection breaks once',
  async (request) => {
    const user = freshUser();
    const { id } = await createTask(user);
    expect((await call(request.replace(':id', id), { user, env: faultyDatabase(CLOSED_ONCE) })).status).toBe(200);
  },
);

test('a write is not sent again', async () => {
  const user = freshUser();
  const create = () => call('POST /api/tasks', { user, env: faultyDatabase(CLOSED_ONCE), body: { title: 'x' } });
  expect((await create()).status).toBe(503);
  expect((await create()).status).toBe(201);
  expect((await call('GET /api/tasks', { user })).json).toHaveLength(1);
});
