import { describe, expect, test } from 'vitest';
import { addresses, call, createTask, freshUser } from './support/api.ts';

describe.each(addresses)('an update at the $address', ({ tasksOf }) => {
  const setUp = async (fields = {}) => {
    const user = freshUser();
    const task = await createTask(user, fields);
    return { user, task, at: `${tasksOf(user)}/${task.id}` };
  };

  test.each(['PUT', 'PATCH'])('S3 FR-009: with %s a title has 1 to 200 characters too', async (method) => {
    const { user, at } = await setUp();
    const longest = '😀'.repeat(200);
    const answers = [];
    for (const title of ['x', longest, `${longest}x`, ''])
      answers.push((await call(`${method} ${at}`, { user, body: { title } })).status);
    expect(answers).toEqual([200, 200, 422, 422]);
    expect((await call(`GET ${at}`, { user })).json.title).toBe(longest);
  });

  test.each<[string, object, object]>([
    ['the description', { description: 'Rye' }, { description: 'Rye' }],
    ['the description, to nothing', { description: '' }, { description: '' }],
    ['completed, to false', { completed: false }, { completed: false, is_completed: false }],
    ['is_completed, to false', { is_completed: false }, { completed: false, is_completed: false }],
  ])('S0 FR-004: changes %s alone', async (_, body, changed) => {
    const { user, at, task } = await setUp({ description: 'Milk', completed: true });
    for (const method of ['PUT', 'PATCH']) {
      const { status, json } = await call(`${method} ${at}`, { user, body });
      expect([status, json]).toEqual([200, { ...task, ...changed, updated_at: expect.any(String) }]);
    }
  });

  test('leaves a description be that is longer than this address would take', async () => {
    const description = 'long '.repeat(1000);
    const { user, at } = await setUp({ description });
    const { status, json } = await call(`PUT ${at}`, { user, body: { title: 'shorter' } });
    expect([status, json.title, json.description === description]).toEqual([200, 'shorter', true]);
  });

  test('S2 US2.3: leaves the user’s other tasks and other users’ as they were', async () => {
    const { user, at, task } = await setUp();
    const sibling = await createTask(user);
    const other = freshUser();
    const foreign = await createTask(other);
    const { json } = await call(`PATCH ${at}`, { user, body: { title: 'changed' } });
    expect((await call(`GET ${tasksOf(user)}`, { user })).json).toEqual([sibling, { ...task, ...json }]);
    expect((await call(`GET ${tasksOf(other)}`, { user: other })).json).toEqual([foreign]);
  });

  test.each([
    { completed: true, is_completed: false },
    { completed: null },
    { is_completed: 'true' },
    { completed: 1 },
  ])('…/complete refuses %j, 422, and toggles nothing', async (body) => {
    const { user, at, task } = await setUp();
    const { status, json } = await call(`PATCH ${at}/complete`, { user, body });
    expect([status, json.code]).toEqual([422, 'validation_failed']);
    expect((await call(`GET ${at}`, { user })).json).toEqual(task);
  });

  test('what breaks a rule is told so, 422, before a task is looked for', async () => {
    const { user } = await setUp();
    const missing = `${tasksOf(user)}/0`;
    for (const request of [`PUT ${missing}`, `PATCH ${missing}`])
      expect((await call(request, { user, body: { title: '' } })).status).toBe(422);
    expect((await call(`PATCH ${missing}/complete`, { user, body: { completed: 1 } })).status).toBe(422);
  });
});

test('S3 US1.3: at the token address a bad update of another user’s task is told what one of no task is, to the byte', async () => {
  const user = freshUser();
  const { id } = await createTask(freshUser());
  for (const body of [{ title: '' }, '{', '']) {
    const [foreign, missing] = await Promise.all([id, 0].map((each) => call(`PUT /api/tasks/${each}`, { user, body })));
    expect([foreign?.status, foreign?.text]).toEqual([missing?.status, missing?.text]);
  }
});

test('S2 US4.1, S3 FR-008: VALIDATION_ERROR_STATUS=400 is the status of every 422, and of nothing else', async () => {
  const user = freshUser();
  const env = { VALIDATION_ERROR_STATUS: '400' };
  const headers = { 'Idempotency-Key': 'k' };
  await call('POST /api/tasks', { user, env, headers, body: { title: 'first' } });
  const answers = [
    await call('POST /api/tasks', { user, env, headers, body: { title: 'second' } }),
    await call('POST /api/tasks', { user, env, body: { title: '' } }),
    await call('GET /api/tasks?limit=0', { user, env }),
    await call('GET /api/tasks/abc', { user, env }),
    await call(`GET /api/${'x'.repeat(256)}/tasks`, { user, env }),
    await call('POST /api/tasks', { user, env, body: 'title=x', headers: { 'Content-Type': 'text/plain' } }),
    await call('GET /api/tasks/0', { user, env }),
  ];
  expect(answers.map(({ status, json }) => [status, json.code])).toEqual([
    [400, 'idempotency_key_reused'],
    [400, 'validation_failed'],
    [400, 'validation_failed'],
    [400, 'validation_failed'],
    [400, 'validation_failed'],
    [415, 'unsupported_media_type'],
    [404, 'not_found'],
  ]);
});
