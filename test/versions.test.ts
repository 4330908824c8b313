import { describe, expect, test } from 'vitest';
import { call, freshUser, routePrefixes } from './support/api.ts';
import { expectError } from './support/expectations.ts';

const changes: [method: string, suffix: string, body?: object][] = [
  ['PUT', '', { title: 'changed' }],
  ['PATCH', '', { title: 'changed' }],
  ['PATCH', '/complete'],
  ['PATCH', '/complete', { completed: true }],
  ['DELETE', ''],
];

describe.each(routePrefixes)('under $prefix', ({ prefix, tasksOf, setUp }) => {
  test('every response with one task carries its version, which increases with each real change', async () => {
    const user = freshUser();
    const created = await call(`POST ${tasksOf(user)}`, { user, body: { title: 'x' } });
    const path = `${tasksOf(user)}/${created.json.id}`;
    const responses = [
      created,
      await call(`GET ${path}`, { user }),
      await call(`HEAD ${path}`, { user }),
      await call(`PATCH ${path}`, { user, body: { title: 'x' } }),
      await call(`PATCH ${path}`, { user, body: { title: 'y' } }),
      await call(`PUT ${path}`, { user, body: {} }),
      await call(`PATCH ${path}/complete`, { user }),
      await call(`PATCH ${path}/complete`, { user, body: { completed: true } }),
    ];
    const tags = responses.map(({ headers }) => headers.get('etag'));
    expect(tags).toEqual(['"1"', '"1"', '"1"', '"1"', '"2"', '"2"', '"3"', '"3"']);
  });

  test.each(['"1"', 'W/"1"', '*', '"0", "1"', '"x","1" , W/"7"'])(
    'If-None-Match: %s returns 304 without a body',
    async (tags) => {
      const { user, path } = await setUp();
      for (const method of ['GET', 'HEAD']) {
        const { status, text, headers } = await call(`${method} ${path}`, { user, headers: { 'If-None-Match': tags } });
        expect([status, text, headers.get('etag')]).toEqual([304, '', '"1"']);
        expect(headers.get('cache-control')).toBe('private, no-cache');
      }
    },
  );

  test.each(['"2"', '1', '"1', '"01"', '"a"'])('If-None-Match: %s returns the task', async (tags) => {
    const { user, path, task } = await setUp();
    const response = await call(`GET ${path}`, { user, headers: { 'If-None-Match': tags } });
    expect(response).toMatchObject({ status: 200, json: task });
  });

  describe.each(changes)('%s …/{id}%s %j', (method, suffix, body) => {
    test('with If-Match changes the version that it names', async () => {
      const { user, path, task } = await setUp();
      const { status } = await call(`${method} ${path}${suffix}`, { user, body, headers: { 'If-Match': '"1"' } });
      expect(status).toBe(method === 'DELETE' ? 204 : 200);
      expect((await call(`GET ${path}`, { user })).json).not.toEqual(task);
    });

    test('with If-Match for another version returns 412 and changes nothing', async () => {
      const { user, path, task } = await setUp();
      const headers = { 'If-Match': '"2"' };
      expectError(await call(`${method} ${path}${suffix}`, { user, body, headers }), 'version_mismatch');
      expect((await call(`GET ${path}`, { user })).json).toEqual(task);
    });

    test('with If-Match returns 404 if there is no such task', async () => {
      const user = freshUser();
      const headers = { 'If-Match': '"1"' };
      const { status, json } = await call(`${method} ${tasksOf(user)}/0${suffix}`, { user, body, headers });
      expect([status, json.code]).toEqual([404, 'not_found']);
    });

    test('with If-Match gets the same response for another user’s task as without', async () => {
      const { task } = await setUp();
      const user = freshUser();
      const request = `${method} ${tasksOf(user)}/${task.id}${suffix}`;
      const { status, text } = await call(request, { user, body });
      expect(status).toBe(prefix === '/api/tasks' ? 404 : 403);
      for (const tags of ['"1"', '"7"', '*']) {
        const response = await call(request, { user, body, headers: { 'If-Match': tags } });
        expect([response.status, response.text]).toEqual([status, text]);
      }
    });
  });

  test.each([
    ['"1"', 200],
    ['*', 200],
    ['"9", "1"', 200],
    ['W/"1"', 200],
    ['"9"', 412],
    ['1', 412],
    ['"x"', 412],
    ['""', 412],
    ['"1" "2"', 412],
  ])('If-Match: %s on version 1 returns %i', async (tags, expected) => {
    const { user, path } = await setUp();
    const { status } = await call(`PATCH ${path}`, { user, body: { title: 'x' }, headers: { 'If-Match': tags } });
    expect(status).toBe(expected);
  });

  test('of 20 concurrent updates of one version exactly one succeeds, and the others get 412 [S0 EC5, S1 EC3]', async () => {
    const { user, path } = await setUp();
    const headers = { 'If-Match': '"1"' };
    const responses = await Promise.all(
      Array.from({ length: 20 }, (_, i) => call(`PUT ${path}`, { user, body: { title: `writer ${i}` }, headers })),
    );
    expect(responses.map(({ status }) => status).sort()).toEqual([200, ...Array(19).fill(412)]);
    const winner = responses.find(({ status }) => status === 200);
    expect((await call(`GET ${path}`, { user })).json).toEqual(winner?.json);
  });

  test('without If-Match the last write wins [S1 EC3]', async () => {
    const { user, path } = await setUp();
    for (const title of ['first', 'second']) await call(`PUT ${path}`, { user, body: { title } });
    expect((await call(`GET ${path}`, { user })).json.title).toBe('second');
  });
});
