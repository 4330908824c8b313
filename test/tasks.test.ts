import { describe, expect, test } from 'vitest';
import { taskSchema } from '../src/tasks/task-schema.ts';
import { addresses, call, createTask, freshUser } from './support/api.ts';

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

describe.each(addresses)('at the $address', ({ tasksOf }) => {
  const setUp = async (fields = {}) => {
    const user = freshUser();
    const tasks = tasksOf(user);
    const task = await createTask(user, fields);
    return { user, tasks, task, at: `${tasks}/${task.id}` };
  };

  describe('creating', () => {
    test('S1 US3.1, S0 US2.1, S3 US1.1, S1 FR-007, S1 FR-008, S1 FR-010, S3 FR-010: a title alone makes an open task, 201, with id and timestamps', async () => {
      const user = freshUser();
      const answer = await call(`POST ${tasksOf(user)}`, { user, body: { title: 'Buy groceries' } });
      expect(answer.status).toBe(201);
      expect(answer.headers.get('content-type')).toBe('application/json');
      expect(answer.json).toEqual({
        id: expect.any(Number),
        user_id: user,
        title: 'Buy groceries',
        description: null,
        completed: false,
        is_completed: false,
        created_at: expect.stringMatching(INSTANT),
        updated_at: answer.json.created_at,
      });
      expect(answer.headers.get('location')).toBe(`${tasksOf(user)}/${answer.json.id}`);
    });

    test('the Location of a new task leads to it', async () => {
      const user = freshUser('ünï côdé/');
      const created = await call(`POST ${tasksOf(user)}/`, { user, body: { title: 'x' } });
      const found = await call(`GET ${created.headers.get('location')}`, { user });
      expect(found).toMatchObject({ status: 200, json: created.json });
    });

    test('S1 US3.2, S0 FR-002: a description is kept', async () => {
      const user = freshUser();
      const body = { title: 'Buy groceries', description: 'Milk, eggs, bread' };
      expect(await call(`POST ${tasksOf(user)}`, { user, body })).toMatchObject({ status: 201, json: body });
    });

    test.each(['completed', 'is_completed'])('S0 FR-002: a task may be created done, as %s', async (name) => {
      const user = freshUser();
      const answer = await call(`POST ${tasksOf(user)}`, { user, body: { title: 'x', [name]: true } });
      expect(answer).toMatchObject({ status: 201, json: { completed: true, is_completed: true } });
    });

    test('S3 US3.1, S3 FR-009: a title has 1 to 200 characters, counted as code points', async () => {
      const user = freshUser();
      for (const title of ['x', 'x'.repeat(200), '😀'.repeat(200)]) {
        expect(await call(`POST ${tasksOf(user)}`, { user, body: { title } })).toMatchObject({
          status: 201,
          json: { title },
        });
      }
    });

    test('S3 FR-003: fields that are not the client’s to set are ignored', async () => {
      const user = freshUser();
      const body = {
        title: 'x',
        id: 7,
        user_id: 'someone',
        priority: 3,
        created_at: '2000-01-01T00:00:00.000Z',
        version: 9,
      };
      const { status, json } = await call(`POST ${tasksOf(user)}`, { user, body });
      expect(status).toBe(201);
      expect(Object.keys(json)).toEqual([
        'id',
        'user_id',
        'title',
        'description',
        'completed',
        'is_completed',
        'created_at',
        'updated_at',
      ]);
      expect(json.user_id).toBe(user);
      expect(json.created_at).not.toBe(body.created_at);
    });

    test('the last of duplicate keys counts, and __proto__ is a key like any other', async () => {
      const user = freshUser();
      const body = '{"title":"first","title":"last","__proto__":{"completed":true}}';
      expect(await call(`POST ${tasksOf(user)}`, { user, body })).toMatchObject({
        status: 201,
        json: { title: 'last', completed: false },
      });
    });

    test('an ignored field may be nested 10,000 levels deep', async () => {
      const user = freshUser();
      const body = `{"title":"x","deep":${'['.repeat(10_000)}${']'.repeat(10_000)}}`;
      expect((await call(`POST ${tasksOf(user)}`, { user, body })).status).toBe(201);
    });
  });

  describe('reading', () => {
    test('S1 US2.1: a user without tasks gets 200 and an empty array', async () => {
      const user = freshUser();
      const answer = await call(`GET ${tasksOf(user)}`, { user });
      expect(answer).toMatchObject({ status: 200, text: '[]' });
      expect(answer.headers.get('content-type')).toBe('application/json');
      expect(answer.headers.get('cache-control')).toBe('private, no-cache');
    });

    test('S1 US2.2, S1 US2.4, S0 US2.2, S0 FR-003, S2 US2.2, S3 US1.2: the list holds the user’s own tasks, whole, newest first', async () => {
      const user = freshUser();
      await createTask(freshUser(), { title: 'not mine' });
      const first = await createTask(user);
      const second = await createTask(user, { description: 'two' });
      const third = await createTask(user, { completed: true });
      expect(await call(`GET ${tasksOf(user)}`, { user })).toMatchObject({ status: 200, json: [third, second, first] });
    });

    test('S1 US6.1: a task of one’s own is found, 200', async () => {
      const { user, at, task } = await setUp({ description: 'Milk' });
      const answer = await call(`GET ${at}`, { user });
      expect(answer).toMatchObject({ status: 200, json: task });
      expect(answer.headers.get('content-type')).toBe('application/json');
    });

    test('S2 US4.3, S2 FR-008, S2 FR-012, S2 SC-002: what PostgreSQL writes is what the schema documents', async () => {
      const { task } = await setUp();
      expect(Object.keys(taskSchema().shape)).toEqual(Object.keys(task));
      expect(taskSchema().parse(task)).toEqual(task);
    });

    test('HEAD works where GET does, without a body', async () => {
      const { user, at, tasks } = await setUp();
      for (const path of [at, tasks])
        expect(await call(`HEAD ${path}`, { user })).toMatchObject({ status: 200, text: '' });
    });

    test('a trailing slash changes nothing', async () => {
      const { user, at, task, tasks } = await setUp();
      expect((await call(`GET ${tasks}/`, { user })).json).toEqual([task]);
      expect((await call(`GET ${at}/`, { user })).json).toEqual(task);
    });

    test('a leading zero does not change a number', async () => {
      const { user, tasks, task } = await setUp();
      expect((await call(`GET ${tasks}/000${task.id}`, { user })).json).toEqual(task);
    });
  });

  describe('filtering (S0 FR-012)', () => {
    test.each([
      ['completed=true', ['done']],
      ['completed=false', ['open']],
      ['is_completed=true', ['done']],
      ['is_completed=false', ['open']],
      ['completed=True', ['done']],
      ['is_completed=FALSE', ['open']],
      ['status=all', ['done', 'open']],
      ['status=completed', ['done']],
      ['status=pending', ['open']],
      ['status=active', ['open']],
      ['status=incomplete', ['open']],
      ['status=PenDing', ['open']],
      ['completed=true&is_completed=true&status=completed', ['done']],
      ['completed=true&completed=true', ['done']],
      ['sort=title&unknown=1', ['done', 'open']],
    ])('?%s lists %j', async (query, titles) => {
      const user = freshUser();
      await createTask(user, { title: 'open' });
      await createTask(user, { title: 'done', completed: true });
      const { status, json } = await call(`GET ${tasksOf(user)}?${query}`, { user });
      expect([status, json.map(({ title }: { title: string }) => title)]).toEqual([200, titles]);
    });

    test.each([
      ['completed=maybe', 'completed', 'must be true or false'],
      ['completed=1', 'completed', 'must be true or false'],
      ['completed=', 'completed', 'must be true or false'],
      ['is_completed=yes', 'is_completed', 'must be true or false'],
      ['status=done', 'status', 'must be all, completed or pending'],
      ['completed=true&is_completed=false', 'status', 'contradicts another filter'],
      ['completed=true&status=pending', 'status', 'contradicts another filter'],
      ['completed=true&completed=false', 'status', 'contradicts another filter'],
    ])('?%s is refused: %s %s', async (query, field, message) => {
      const user = freshUser();
      expect(await call(`GET ${tasksOf(user)}?${query}`, { user })).toMatchObject({
        status: 422,
        json: { detail: `${field}: ${message}`, code: 'validation_failed', errors: [{ field, message }] },
      });
    });
  });

  describe.each(['PUT', 'PATCH'])('updating with %s', (method) => {
    test('S1 US4.1, S0 US2.3, S0 FR-004, S2 US2.3: a title changes, the rest stays', async () => {
      const { user, at, task } = await setUp({ description: 'Milk', completed: true });
      const { status, json } = await call(`${method} ${at}`, { user, body: { title: 'Updated title' } });
      expect(status).toBe(200);
      expect(json).toEqual({ ...task, title: 'Updated title', updated_at: expect.stringMatching(INSTANT) });
      expect((await call(`GET ${at}`, { user })).json).toEqual(json);
    });

    test.each(['completed', 'is_completed'])(
      'S1 US4.2, S1 FR-009, S3 FR-011: %s is set, and updated_at changes',
      async (name) => {
        const { user, at, task } = await setUp();
        const { status, json } = await call(`${method} ${at}`, { user, body: { [name]: true } });
        expect([status, json.completed, json.is_completed]).toEqual([200, true, true]);
        expect(json.updated_at > task.updated_at).toBe(true);
        expect(json.created_at).toBe(task.created_at);
      },
    );

    test('S1 US4.3: all fields change at once', async () => {
      const { user, at, task } = await setUp();
      const body = { title: 'New', description: 'Desc', is_completed: true };
      const { status, json } = await call(`${method} ${at}`, { user, body });
      expect(status).toBe(200);
      expect(json).toEqual({ ...task, ...body, completed: true, updated_at: expect.any(String) });
    });

    test('S1 FR-012: null clears the description', async () => {
      const { user, at } = await setUp({ description: 'Milk' });
      expect((await call(`${method} ${at}`, { user, body: { description: null } })).json.description).toBeNull();
    });

    test.each([{}, { priority: 1 }, { title: 'Buy groceries', description: null, completed: false }])(
      'a change that changes nothing, %j, answers 200 and the task as it is, updated_at too',
      async (body) => {
        const { user, at, task } = await setUp();
        expect(await call(`${method} ${at}`, { user, body })).toMatchObject({ status: 200, json: task });
      },
    );

    test('the owner and the id of a task cannot be changed', async () => {
      const { user, at, task } = await setUp();
      expect((await call(`${method} ${at}`, { user, body: { id: 1, user_id: freshUser() } })).json).toEqual(task);
    });
  });

  test('S1 SC-007: updated_at strictly increases, also within one millisecond', async () => {
    const { user, at, task } = await setUp();
    const answers = await Promise.all(Array.from({ length: 8 }, () => call(`PATCH ${at}/complete`, { user })));
    const instants = [task, ...answers.map(({ json }) => json)].map(({ updated_at }) => updated_at);
    expect(new Set(instants).size).toBe(9);
  });

  describe('completing', () => {
    test.each([
      ['no body', { body: undefined }],
      ['no body, and a JSON content type', { body: undefined, headers: { 'Content-Type': 'application/json' } }],
      ['an empty body', { body: '' }],
      ['an empty object', { body: {} }],
    ])('S0 US2.4, S0 FR-013: %s toggles, there and back', async (_, request) => {
      const { user, at } = await setUp();
      const once = await call(`PATCH ${at}/complete`, { user, ...request });
      expect(once).toMatchObject({ status: 200, json: { completed: true, is_completed: true } });
      expect((await call(`PATCH ${at}/complete`, { user, ...request })).json.completed).toBe(false);
    });

    test.each([{ completed: true }, { is_completed: true }, { completed: true, is_completed: true }])(
      '%j sets instead, however often',
      async (body) => {
        const { user, at } = await setUp();
        const first = await call(`PATCH ${at}/complete`, { user, body });
        expect(first).toMatchObject({ status: 200, json: { completed: true } });
        expect((await call(`PATCH ${at}/complete`, { user, body })).json).toEqual(first.json);
      },
    );

    test('S0 EC5, S2 EC4, S1 EC3: concurrent toggles are all counted', async () => {
      const { user, at } = await setUp();
      await Promise.all(Array.from({ length: 7 }, () => call(`PATCH ${at}/complete`, { user })));
      expect((await call(`GET ${at}`, { user })).json.completed).toBe(true);
    });
  });

  describe('deleting', () => {
    test('S1 US5.1, S1 US5.4, S0 US2.5, S0 FR-005, S2 US2.4, S2 EC3: 204 without a body, then 404', async () => {
      const { user, at, tasks } = await setUp();
      const kept = await createTask(user);
      const answer = await call(`DELETE ${at}`, { user });
      expect([answer.status, answer.text, answer.headers.get('content-type')]).toEqual([204, '', null]);
      for (const method of ['GET', 'DELETE']) expect((await call(`${method} ${at}`, { user })).status).toBe(404);
      expect((await call(`GET ${tasks}`, { user })).json).toEqual([kept]);
    });
  });

  describe.each([
    ['GET', '', undefined],
    ['PUT', '', { title: 'x' }],
    ['PATCH', '', { title: 'x' }],
    ['PATCH', '/complete', undefined],
    ['DELETE', '', undefined],
  ])('%s …/{id}%s', (method, suffix, body) => {
    test.each(['0', '-1', '-0', '2147483648', '9223372036854775807', '9223372036854775808', '9'.repeat(30)])(
      'S1 US4.4, S1 US5.2, S1 US6.2, S0 US3.3, S3 US3.3: no task %s, 404',
      async (id) => {
        const user = freshUser();
        const answer = await call(`${method} ${tasksOf(user)}/${id}${suffix}`, { user, body });
        expect([answer.status, answer.json]).toEqual([404, { detail: 'Task not found', code: 'not_found' }]);
      },
    );

    test.each(['abc', '1.5', '1e3', '0x1', '%00', '%2F', '%20', '+1', '1%0A', '٣'])(
      'S1 EC6: the id %s is no whole number, 422',
      async (id) => {
        const user = freshUser();
        const answer = await call(`${method} ${tasksOf(user)}/${id}${suffix}`, { user, body });
        expect([answer.status, answer.json]).toEqual([
          422,
          {
            detail: 'id: must be a whole number',
            code: 'validation_failed',
            errors: [{ field: 'id', message: 'must be a whole number' }],
          },
        ]);
      },
    );
  });

  test('an empty id is no whole number, 422', async () => {
    const user = freshUser();
    expect((await call(`PATCH ${tasksOf(user)}//complete`, { user })).status).toBe(422);
    expect((await call(`GET ${tasksOf(user)}//`, { user })).status).toBe(422);
  });
});

test('S0 FR-002: at the token address a description has at most 1000 characters', async () => {
  const user = freshUser();
  const { id } = await createTask(user);
  const most = '😀'.repeat(1000);
  expect((await call('POST /api/tasks', { user, body: { title: 'x', description: most } })).status).toBe(201);
  for (const request of ['POST /api/tasks', `PUT /api/tasks/${id}`, `PATCH /api/tasks/${id}`]) {
    expect(await call(request, { user, body: { title: 'x', description: `${most}x` } })).toMatchObject({
      status: 422,
      json: { detail: 'description: must have at most 1000 characters', code: 'validation_failed' },
    });
  }
});

test('S1 FR-012: at the path address a description has no maximum of its own', async () => {
  const user = freshUser();
  const description = 'long '.repeat(200_000);
  const created = await call(`POST /api/${user}/tasks`, { user, body: { title: 'x', description } });
  expect([created.status, created.json.description === description]).toEqual([201, true]);
  expect((await call(`GET /api/tasks/${created.json.id}`, { user })).json.description === description).toBe(true);
});
