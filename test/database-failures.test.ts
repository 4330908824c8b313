import { expect, test } from 'vitest';
import { call, createTask, freshUser, overNeon } from './support/api.ts';
import { useEveryMethod } from './support/expectations.ts';
import { CLOSED_ONCE, type NeonFault, type TcpFault } from './support/faults.ts';
import { faultyDatabase, spyOnTimeLimits } from './support/faulty-database.ts';

test.each<NeonFault | TcpFault>(overNeon ? ['delayed'] : ['delayed', 'sliced'])(
  'every method succeeds if what comes from the database is %s',
  async (fault) => {
    const user = freshUser();
    await useEveryMethod('/api/tasks', { userId: user, user, env: faultyDatabase(fault) });
  },
);

test.each(['GET /api/tasks', 'GET /api/tasks?limit=5', 'HEAD /api/tasks', 'GET /api/tasks/:id', 'GET /ready'])(
  '%s is sent again where the connection breaks once',
  async (request) => {
    const user = freshUser();
    const { id } = await createTask(user);
    expect((await call(request.replace(':id', id), { user, env: faultyDatabase(CLOSED_ONCE) })).status).toBe(200);
  },
);

test.each<NeonFault | TcpFault>(overNeon ? ['truncated', 'closed', 'status-502'] : ['truncated', 'reset', 'half-open'])(
  'a POST with an Idempotency-Key whose response from the database was lost (%s) creates one task when sent again [S0 EC2, S1 EC1]',
  async (fault) => {
    const user = freshUser();
    const request = { user, body: { title: 'once' }, headers: { 'Idempotency-Key': 'k' } };
    const timeLimits = spyOnTimeLimits(fault === 'half-open');
    expect((await call('POST /api/tasks', { ...request, env: faultyDatabase(fault) })).status).toBe(503);
    timeLimits.mockRestore();
    const response = await call('POST /api/tasks', request);
    expect(response).toMatchObject({ status: 201, json: { title: 'once', user_id: user } });
    // Only here had the first request been committed.
    if (overNeon && fault === 'truncated') expect(response.headers.get('idempotency-replayed')).toBe('true');
    expect((await call('GET /api/tasks', { user })).json).toEqual([response.json]);
  },
);
