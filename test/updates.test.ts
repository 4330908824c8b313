import { describe, expect, test } from 'vitest';
import { call, createTask, freshUser, routePrefixes } from './support/api.ts';

describe.each(routePrefixes)('an update under $prefix', ({ tasksOf, setUp }) => {
  describe.each(['PUT', 'PATCH'])('with %s', (method) => {
    test.each<[fields: string, body: object, changes?: object]>([
      ['the title', { title: 'Updated title' }],
      ['the description', { description: 'Rye' }],
      ['the description to an empty one', { description: '' }],
      ['the description to null', { description: null }],
      ['completed', { completed: true }, { completed: true, is_completed: true }],
      ['is_completed', { is_completed: true }, { completed: true, is_completed: true }],
      ['everything', { title: 'New', description: 'Desc', is_completed: true }, { completed: true }],
    ])(
      'changes %s, and nothing else [S1 US4.1, S1 US4.2, S1 US4.3, S0 US2.3, S0 FR-004, S1 FR-009, S1 FR-012, S2 US2.3, S3 FR-011]',
      async (_, body, changes) => {
        const { user, task, path } = await setUp({ description: 'Milk' });
        const { status, json } = await call(`${method} ${path}`, { user, body });
        expect([status, json]).toEqual([200, { ...task, ...body, ...changes, updated_at: expect.any(String) }]);
        expect(json.updated_at > task.updated_at).toBe(true);
        expect((await call(`GET ${path}`, { user })).json).toEqual(json);
      },
    );

    test.each(['completed', 'is_completed'])('reopens a completed task by %s', async (name) => {
      const { user, path } = await setUp({ completed: true });
      const json = { completed: false, is_completed: false };
      expect(await call(`${method} ${path}`, { user, body: { [name]: false } })).toMatchObject({ status: 200, json });
    });

    test.each([
      {},
      { unknown: 1 },
      { id: 1, user_id: 'someone' },
      { title: 'Buy groceries', description: null, completed: false },
    ])('that changes nothing, %j, returns the task as it is', async (body) => {
      const { user, task, path } = await setUp();
      expect(await call(`${method} ${path}`, { user, body })).toMatchObject({ status: 200, json: task });
    });

    test('accepts a title of 1 to 200 code points, and no other [S3 FR-009]', async () => {
      const { user, path } = await setUp();
      const longest = '😀'.repeat(200);
      const statuses = [];
      for (const title of ['x', longest, `${longest}x`, ''])
        statuses.push((await call(`${method} ${path}`, { user, body: { title } })).status);
      expect(statuses).toEqual([200, 200, 422, 422]);
      expect((await call(`GET ${path}`, { user })).json.title).toBe(longest);
    });
  });

  test('leaves all other tasks as they were [S2 US2.3]', async () => {
    const { user, task, path } = await setUp();
    const sibling = await createTask(user);
    const other = freshUser();
    const foreign = await createTask(other);
    const { json } = await call(`PATCH ${path}`, { user, body: { title: 'changed' } });
    expect((await call(`GET ${tasksOf(user)}`, { user })).json).toEqual([sibling, { ...task, ...json }]);
    expect((await call(`GET ${tasksOf(other)}`, { user: other })).json).toEqual([foreign]);
  });

  test('returns a validation error before the task is looked up', async () => {
    const user = freshUser();
    const missing = `${tasksOf(user)}/0`;
    for (const [request, body] of [
      [`PUT ${missing}`, { title: '' }],
      [`PATCH ${missing}`, { title: '' }],
      [`PATCH ${missing}/complete`, { completed: 1 }],
    ] as const)
      expect((await call(request, { user, body })).status).toBe(422);
  });
});

test('under /api/tasks an invalid update of another user’s task gets the same response as one of no task [S3 US1.3]', async () => {
  const user = freshUser();
  const { id } = await createTask(freshUser());
  for (const body of [{ title: '' }, '{', '']) {
    const [foreign, missing] = await Promise.all([id, 0].map((each) => call(`PUT /api/tasks/${each}`, { user, body })));
    expect([foreign?.status, foreign?.text]).toEqual([missing?.status, missing?.text]);
  }
});

describe.each(routePrefixes)('a whole task sent back to $prefix with one completion name flipped', ({ setUp }) => {
  test.each([
    ['PUT', 'completed', false],
    ['PUT', 'is_completed', true],
    ['PATCH', 'completed', true],
    ['PATCH', 'is_completed', false],
  ] as const)('%s with %s flipped, from %s, changes the flag', async (method, name, completed) => {
    const { user, task, path } = await setUp({ completed });
    const { status, json, headers } = await call(`${method} ${path}`, { user, body: { ...task, [name]: !completed } });
    const changed = { ...task, completed: !completed, is_completed: !completed, updated_at: expect.any(String) };
    expect({ status, json }).toEqual({ status: 200, json: changed });
    expect(headers.get('etag')).toBe('"2"');
    expect((await call(`GET ${path}`, { user })).json).toEqual(json);
  });
});
