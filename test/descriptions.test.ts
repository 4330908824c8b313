import { expect, test } from 'vitest';
import { call, createTask, freshUser } from './support/api.ts';

test('under /api/tasks a description has at most 1000 code points [S0 FR-002]', async () => {
  const user = freshUser();
  const { id } = await createTask(user);
  const longest = '😀'.repeat(1000);
  expect((await call('POST /api/tasks', { user, body: { title: 'x', description: longest } })).status).toBe(201);
  for (const request of ['POST /api/tasks', `PUT /api/tasks/${id}`, `PATCH /api/tasks/${id}`]) {
    expect(await call(request, { user, body: { title: 'x', description: `${longest}x` } })).toMatchObject({
      status: 422,
      json: { detail: 'description: must have at most 1000 characters', code: 'validation_failed' },
    });
  }
});

test('under /api/{user_id}/tasks a description has no maximum, and can be read and kept under /api/tasks [S1 FR-012]', async () => {
  const user = freshUser();
  const description = 'long '.repeat(200_000);
  const created = await call(`POST /api/${user}/tasks`, { user, body: { title: 'x', description } });
  expect([created.status, created.json.description === description]).toEqual([201, true]);
  const path = `/api/tasks/${created.json.id}`;
  expect((await call(`GET ${path}`, { user })).text).toBe(created.text);
  const updated = await call(`PUT ${path}`, { user, body: { title: 'shorter' } });
  expect(updated).toMatchObject({ status: 200, json: { title: 'shorter', description } });
});
