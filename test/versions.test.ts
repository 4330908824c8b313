import { describe, expect, test } from 'vitest';
import { addresses, call, createTask, freshUser } from './support/api.ts';

const changes: [string, string, object?][] = [
  ['PUT', '', { title: 'changed' }],
  ['PATCH', '', { title: 'changed' }],
  ['PATCH', '/complete'],
  ['PATCH', '/complete', { completed: true }],
  ['DELETE', ''],
];

describe.each(addresses)('S0 EC5, S1 EC3: one task and several writers, at the $address', ({ tasksOf }) => {
  const setUp = async () => {
    const user = freshUser();
    const task = await createTask(user);
    return { user, task, at: `${tasksOf(user)}/${task.id}` };
  };

  test('every answer with one task carries its version, which goes up with each real change', async () => {
    const user = freshUser();
    const created = await call(`POST ${tasksOf(user)}`, { user, body: { title: 'x' } });
    const at = `${tasksOf(user)}/${created.json.id}`;
    const answers = [
      created,
      await call(`GET ${at}`, { user }),
      await call(`HEAD ${at}`, { user }),
      await call(`PATCH ${at}`, { user, body: { title: 'x' } }),
      await call(`PATCH ${at}`, { user, body: { title: 'y' } }),
      await call(`PUT ${at}`, { user, body: {} }),
      await call(`PATCH ${at}/complete`, { user }),
      await call(`PATCH ${at}/complete`, { user, body: { completed: true } }),
    ];
    expect(answers.map(({ headers }) => headers.get('etag'))).toEqual([
      '"1"',
      '"1"',
      '"1"',
      '"1"',
      '"2"',
      '"2"',
      '"3"',
      '"3"',
    ]);
  });

  test.each(['"1"', 'W/"1"', '*', '"0", "1"', '"x","1" , W/"7"'])(
    'If-None-Match: %s gets 304 and no body',
    async (tags) => {
      const { user, at } = await setUp();
      for (const method of ['GET', 'HEAD']) {
        const answer = await call(`${method} ${at}`, { user, headers: { 'If-None-Match': tags } });
        expect([answer.status, answer.text, answer.headers.get('etag')]).toEqual([304, '', '"1"']);
        expect(answer.headers.get('cache-control')).toBe('private, no-cache');
      }
    },
  );

  test.each(['"2"', '1', '"1', '"01"', '"a"'])('If-None-Match: %s gets the task', async (tags) => {
    const { user, at, task } = await setUp();
    expect(await call(`GET ${at}`, { user, headers: { 'If-None-Match': tags } })).toMatchObject({
      status: 200,
      json: task,
    });
  });

  describe.each(changes)('%s …/{id}%s %j', (method, suffix, body) => {
    test.each(['"1"', '*', '"9", "1"', 'W/"1"'])('with If-Match: %s changes version 1', async (tags) => {
      const { user, at, task } = await setUp();
      const answer = await call(`${method} ${at}${suffix}`, { user, body, headers: { 'If-Match': tags } });
      expect(answer.status).toBe(method === 'DELETE' ? 204 : 200);
      expect((await call(`GET ${at}`, { user })).json).not.toEqual(task);
    });

    test.each(['"2"', '"9"', '1', '"x"', '""', '"1" "2"'])(
      'with If-Match: %s gets 412, and nothing changes',
      async (tags) => {
        const { user, at, task } = await setUp();
        const answer = await call(`${method} ${at}${suffix}`, { user, body, headers: { 'If-Match': tags } });
        expect([answer.status, answer.json]).toEqual([
          412,
          { detail: 'The task has changed since: If-Match names another version', code: 'version_mismatch' },
        ]);
        expect((await call(`GET ${at}`, { user })).json).toEqual(task);
      },
    );

    test('with If-Match on a task that is not there gets 404', async () => {
      const headers = { 'If-Match': '"1"' };
      const user = freshUser();
      expect((await call(`${method} ${tasksOf(user)}/0${suffix}`, { user, body, headers })).json.code).toBe(
        'not_found',
      );
    });

    test('with If-Match on another user’s task gets what it gets without', async () => {
      const { task } = await setUp();
      const user = freshUser();
      for (const headers of [{ 'If-Match': '"1"' }, { 'If-Match': '"7"' }, { 'If-Match': '*' }, undefined]) {
        const answer = await call(`${method} ${tasksOf(user)}/${task.id}${suffix}`, { user, body, headers });
        expect(answer.status).toBe(tasksOf(user) === '/api/tasks' ? 404 : 403);
      }
    });
  });

  test('of 50 writers who saw one version exactly one wins, and the others get 412', async () => {
    const { user, at } = await setUp();
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        call(`PUT ${at}`, { user, body: { title: `writer ${i}` }, headers: { 'If-Match': '"1"' } }),
      ),
    );
    const winners = answers.filter(({ status }) => status === 200);
    expect(winners).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 412)).toHaveLength(49);
    expect((await call(`GET ${at}`, { user })).json).toEqual(winners[0]?.json);
  });

  test('50 toggles at once leave the parity of those acknowledged, and 50 instants', async () => {
    const { user, at } = await setUp();
    const answers = await Promise.all(Array.from({ length: 50 }, () => call(`PATCH ${at}/complete`, { user })));
    const acknowledged = answers.filter(({ status }) => status === 200);
    const last = await call(`GET ${at}`, { user });
    expect(last.json.completed).toBe(acknowledged.length % 2 === 1);
    expect(last.headers.get('etag')).toBe(`"${acknowledged.length + 1}"`);
    expect(new Set(acknowledged.map(({ json }) => json.updated_at)).size).toBe(acknowledged.length);
  });

  test('S1 EC3: without If-Match the last write wins', async () => {
    const { user, at } = await setUp();
    for (const title of ['first', 'second']) await call(`PUT ${at}`, { user, body: { title } });
    expect((await call(`GET ${at}`, { user })).json.title).toBe('second');
  });
});
