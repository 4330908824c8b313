import { expect, test, vi } from 'vitest';
import { call, freshUser, routePrefixes } from './support/api.ts';
import { expectError } from './support/expectations.ts';
import { limitedTo } from './support/worker.ts';

test.each(routePrefixes)(
  'a user who writes too much under $prefix gets 429, and may still read',
  async ({ tasksOf, setUp }) => {
    const { user, task, tasks, path } = await setUp();
    const env = limitedTo(2);
    const create = (by: string) => call(`POST ${tasksOf(by)}`, { user: by, env, body: { title: 'x' } });
    expect([(await create(user)).status, (await create(user)).status]).toEqual([201, 201]);
    const changes = [`PUT ${path}`, `PATCH ${path}`, `PATCH ${path}/complete`, `DELETE ${path}`];
    for (const request of [`POST ${tasks}`, ...changes]) {
      const body = request.startsWith('DELETE') ? undefined : { title: 'y' };
      const response = await call(request, { user, env, body });
      expectError(response, 'rate_limited');
      expect(response.headers.get('retry-after')).toBe('60');
    }
    expect((await call(`GET ${path}`, { user, env })).json).toEqual(task);
    expect((await create(freshUser())).status).toBe(201);
  },
);

test('a refused token is not counted, and another user of the path is refused first', async () => {
  const env = limitedTo(0);
  expect((await call('POST /api/tasks', { bearer: 'x', env, body: {} })).status).toBe(401);
  expect((await call('POST /api/somebody/tasks', { user: freshUser(), env, body: {} })).status).toBe(403);
});

test.each([
  ['fails', limitedTo(-1)],
  ['is a variable', { RATE_LIMITER: 'x' } as object],
])('if the rate limiter %s, writes go through, and a line of the log says so', async (_, env) => {
  const log = vi.spyOn(console, 'log');
  const { status } = await call('POST /api/tasks', { user: freshUser(), env, body: { title: 'x' } });
  expect(status).toBe(201);
  expect(log.mock.calls[0]?.[0]).toMatch(/"level":"error","event":"rate limiter failed"/);
});
