import { expect, test } from 'vitest';
import { call, createTask, freshUser, routePrefixes } from './support/api.ts';
import { limitedTo } from './support/worker.ts';

test.each(routePrefixes)(
  'a user who writes too much under $prefix gets 429, and may still read',
  async ({ tasksOf }) => {
    const [user, other] = [freshUser(), freshUser()];
    const task = await createTask(user);
    const env = limitedTo(2);
    const create = (by: string) => call(`POST ${tasksOf(by)}`, { user: by, env, body: { title: 'x' } });
    expect([(await create(user)).status, (await create(user)).status]).toEqual([201, 201]);
    const path = `${tasksOf(user)}/${task.id}`;
    for (const request of [
      `POST ${tasksOf(user)}`,
      `PUT ${path}`,
      `PATCH ${path}`,
      `PATCH ${path}/complete`,
      `DELETE ${path}`,
    ]) {
      const body = request.startsWith('DELETE') ? undefined : { title: 'y' };
      const { status, json, headers } = await call(request, { user, env, body });
      const detail = 'Too many changes in a short time';
      expect({ status, json }).toEqual({ status: 429, json: { detail, code: 'rate_limited' } });
      expect(headers.get('retry-after')).toBe('60');
    }
    expect((await call(`GET ${path}`, { user, env })).json).toEqual(task);
    expect((await create(other)).status).toBe(201);
  },
);

test('a refused token is not counted, and another user of the path is refused first', async () => {
  const env = limitedTo(0);
  expect((await call('POST /api/tasks', { bearer: 'x', env, body: {} })).status).toBe(401);
  expect((await call('POST /api/somebody/tasks', { user: freshUser(), env, body: {} })).status).toBe(403);
});
