import { describe, expect, test } from 'vitest';
import { taskSchema } from '../src/tasks/task-schema.ts';
import { call, createTask, freshUser, routePrefixes } from './support/api.ts';

describe.each(routePrefixes)('under $prefix', ({ tasksOf, setUp }) => {
  const create = (user: string, body: unknown) => call(`POST ${tasksOf(user)}`, { user, body });

  describe('creating', () => {
    test('a title alone makes a pending task with an id and timestamps [S1 US3.1, S0 US2.1, S3 US1.1, S1 FR-007, S1 FR-008, S1 FR-010, S3 FR-010]', async () => {
      const user = freshUser();
      const { status, headers, json } = await create(user, { title: 'Buy groceries' });
      expect([status, headers.get('content-type')]).toEqual([201, 'application/json']);
      expect(json).toEqual({
        id: expect.any(Number),
        user_id: user,
        title: 'Buy groceries',
        description: null,
        completed: false,
        is_completed: false,
        created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        updated_at: json.created_at,
      });
      expect(headers.get('location')).toBe(`${tasksOf(user)}/${json.id}`);
    });

    test('the Location of a new task leads to it', async () => {
      const user = freshUser('ünï côdé/');
      const created = await call(`POST ${tasksOf(user)}/`, { user, body: { title: 'x' } });
      const found = await call(`GET ${created.headers.get('location')}`, { user });
      expect(found).toMatchObject({ status: 200, text: created.text });
    });

    test.each(['completed', 'is_completed'])('%s creates a completed task [S0 FR-002]', async (name) => {
      const response = await create(freshUser(), { title: 'x', [name]: true });
      expect(response).toMatchObject({ status: 201, json: { completed: true, is_completed: true } });
    });

    test.each([
      ['one character', 'x'],
      ['200 characters', 'x'.repeat(200)],
      ['200 emoji', '😀'.repeat(200)],
    ])('a title of %s is accepted [S3 US3.1, S3 FR-009]', async (_, title) => {
      expect(await create(freshUser(), { title })).toMatchObject({ status: 201, json: { title } });
    });

    test('fields that a client may not set are ignored [S3 FR-003]', async () => {
      const user = freshUser();
      const created_at = '2000-01-01T00:00:00.000Z';
      const body = { title: 'x', id: 7, user_id: 'someone', unknown: 3, created_at, version: 9 };
      const { status, headers, json } = await create(user, body);
      expect([status, headers.get('etag'), json.user_id]).toEqual([201, '"1"', user]);
      expect(Object.keys(json)).toEqual(Object.keys(taskSchema().shape));
      expect(json.created_at).not.toBe(created_at);
    });

    test('the last of duplicate keys counts, and __proto__ is a key like any other', async () => {
      const body = '{"title":"first","title":"last","__proto__":{"completed":true}}';
      const json = { title: 'last', completed: false };
      expect(await create(freshUser(), body)).toMatchObject({ status: 201, json });
    });

    test('an ignored field may be nested 10,000 levels deep', async () => {
      const body = `{"title":"x","deep":${'['.repeat(10_000)}${']'.repeat(10_000)}}`;
      expect((await create(freshUser(), body)).status).toBe(201);
    });
  });

  describe('reading', () => {
    test('a user without tasks gets an empty array [S1 US2.1]', async () => {
      const user = freshUser();
      const { status, text, headers } = await call(`GET ${tasksOf(user)}`, { user });
      expect([status, text, headers.get('content-type')]).toEqual([200, '[]', 'application/json']);
      expect(headers.get('cache-control')).toBe('private, no-cache');
    });

    test('the list holds the user’s own tasks, newest first [S1 US2.2, S1 US2.4, S0 US2.2, S0 FR-003, S2 US2.2, S3 US1.2]', async () => {
      const user = freshUser();
      await createTask(freshUser(), { title: 'another user’s' });
      const first = await createTask(user);
      const second = await createTask(user, { description: 'two' });
      const third = await createTask(user, { completed: true });
      expect(await call(`GET ${tasksOf(user)}`, { user })).toMatchObject({ status: 200, json: [third, second, first] });
    });

    test('a task has the fields and types of the documented schema [S1 US6.1, S2 US4.3, S2 FR-008, S2 FR-012, S2 SC-002]', async () => {
      const { user, task, path } = await setUp({ description: 'Milk' });
      const { status, headers, json } = await call(`GET ${path}`, { user });
      expect([status, headers.get('content-type'), json]).toEqual([200, 'application/json', task]);
      expect(Object.keys(json)).toEqual(Object.keys(taskSchema().shape));
      expect(taskSchema().parse(json)).toEqual(json);
    });

    test.each([undefined, '', 'null', '{"id":0}', '{'])('DELETE pays no attention to a body: %s', async (body) => {
      const { user, path } = await setUp();
      const headers = { 'Content-Type': 'application/json' };
      expect((await call(`DELETE ${path}`, { user, body, headers })).status).toBe(204);
    });

    test('leading zeros of an id change nothing', async () => {
      const { user, task, tasks } = await setUp();
      expect((await call(`GET ${tasks}/000${task.id}`, { user })).json).toEqual(task);
    });
  });

  test('deleting returns 204 without a body, and then 404 [S1 US5.1, S1 US5.4, S0 US2.5, S0 FR-005, S2 US2.4, S2 EC3]', async () => {
    const user = freshUser();
    const kept = await createTask(user);
    const path = `${tasksOf(user)}/${(await createTask(user)).id}`;
    const { status, text, headers } = await call(`DELETE ${path}`, { user });
    expect([status, text, headers.get('content-type')]).toEqual([204, '', null]);
    for (const method of ['GET', 'DELETE']) expect((await call(`${method} ${path}`, { user })).status).toBe(404);
    expect((await call(`GET ${tasksOf(user)}`, { user })).json).toEqual([kept]);
  });
});
