import { describe, expect, test } from 'vitest';
import { addresses, call, createTask, freshUser, token } from './support/api.ts';

/** Every route and method of the resource, and a body that would be fine. */
const operations: [method: string, suffix: string, body?: object][] = [
  ['GET', ''],
  ['HEAD', ''],
  ['POST', '', { title: 'x' }],
  ['GET', '/:id'],
  ['HEAD', '/:id'],
  ['PUT', '/:id', { title: 'x' }],
  ['PATCH', '/:id', { title: 'x' }],
  ['PATCH', '/:id/complete'],
  ['DELETE', '/:id'],
];

describe.each(operations)('%s …/tasks%s', (method, suffix, body) => {
  const at = (tasks: string, id: unknown) => `${method} ${tasks}${suffix.replace(':id', String(id))}`;
  const bodyOf = (answer: { text: string; json: any }) => (method === 'HEAD' ? { code: '' } : answer.json);
  const code = (expected: string) => (method === 'HEAD' ? '' : expected);

  test.each(addresses)(
    'S0 SC-002, S1 SC-002, S2 FR-004, S2 SC-003, S3 SC-005: no token, 401 at the $address',
    async ({ tasksOf }) => {
      const user = freshUser();
      const task = await createTask(user);
      const answer = await call(at(tasksOf(user), task.id), { body });
      expect([answer.status, bodyOf(answer).code]).toEqual([401, code('not_authenticated')]);
      expect((await call('GET /api/tasks', { user })).json).toEqual([task]);
    },
  );

  test.each(addresses)(
    'S0 US1.2: a bad token, 401 at the $address, before anything else is looked at',
    async ({ tasksOf }) => {
      const user = freshUser();
      const bearer = await token({ sub: user }, 'another-secret-of-32-characters-!!');
      for (const [path, sent] of [
        [tasksOf(user), '{'],
        [tasksOf('x'.repeat(300)), 'not json'],
      ] as const) {
        const answer = await call(at(path, 'abc'), { bearer, ...(body && { body: sent }) });
        expect([answer.status, bodyOf(answer).code]).toEqual([401, code('invalid_signature')]);
      }
    },
  );

  test('S1 US1.5, S1 US2.3, S1 FR-005, S2 US1.3: the address of another user, 403, before anything is read', async () => {
    const [user, other] = [freshUser(), freshUser()];
    const task = await createTask(other);
    const env = { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' };
    for (const [id, sent] of [
      [task.id, body],
      ['abc', '{'],
    ] as const) {
      const answer = await call(at(`/api/${other}/tasks`, id), { user, env, ...(body && { body: sent }) });
      expect([answer.status, bodyOf(answer).code]).toEqual([403, code('forbidden')]);
    }
    expect((await call('GET /api/tasks', { user: other })).json).toEqual([task]);
  });

  test.each(['x'.repeat(256), '%00', 'a%0Ab', ''])('S1 EC4: a user id that can be no one’s, "%s", 422', async (id) => {
    const answer = await call(at(`/api/${id}/tasks`, 1), { user: freshUser(), body });
    expect([answer.status, bodyOf(answer).code]).toEqual([422, code('validation_failed')]);
  });
});

describe.each(operations.filter(([, suffix]) => suffix !== ''))(
  'another user’s task, %s …/tasks%s',
  (method, suffix, body) => {
    const at = (tasks: string, id: unknown) => `${method} ${tasks}${suffix.replace(':id', String(id))}`;

    test('S3 US1.3, S0 US1.3, S0 EC3, S0 SC-003: at the token address 404, the answer of a task that never was', async () => {
      const [user, other] = [freshUser(), freshUser()];
      const task = await createTask(other);
      const foreign = await call(at('/api/tasks', task.id), { user, body });
      const missing = await call(at('/api/tasks', 2 ** 40), { user, body });
      expect(foreign.status).toBe(404);
      expect(foreign.text).toBe(missing.text);
      const shown = (headers: Headers) => [...headers].filter(([name]) => name !== 'x-request-id');
      expect(shown(foreign.headers)).toEqual(shown(missing.headers));
      expect((await call('GET /api/tasks', { user: other })).json).toEqual([task]);
    });

    test('S1 US4.5, S1 US5.3, S1 US6.3, S1 FR-004, S1 SC-003, S0 FR-006, S2 FR-002, S2 SC-006, S3 FR-007, S3 SC-003: at the path address 403, and nothing changes', async () => {
      const [user, other] = [freshUser(), freshUser()];
      const task = await createTask(other);
      const answer = await call(at(`/api/${user}/tasks`, task.id), { user, body });
      expect(answer.status).toBe(403);
      if (method !== 'HEAD') expect(answer.json.code).toBe('forbidden');
      expect((await call('GET /api/tasks', { user: other })).json).toEqual([task]);
    });
  },
);

test('S2 US2.1, S3 FR-003: the owner is the token’s user, whatever the body, the query or a header says', async () => {
  const [user, other] = [freshUser(), freshUser()];
  const headers = { 'X-User-Id': other };
  const created = await call(`POST /api/tasks?user_id=${other}`, {
    user,
    headers,
    body: { title: 'x', user_id: other },
  });
  expect(created.json.user_id).toBe(user);
  expect((await call('GET /api/tasks', { user: other })).json).toEqual([]);
});

test('S1 NFR-002, S0 SC-004, S3 SC-001: 100 users at once each get their own', async () => {
  const users = Array.from({ length: 100 }, () => freshUser());
  const created = await Promise.all(users.map((user) => createTask(user, { title: `of ${user}` })));
  const lists = await Promise.all(users.map((user) => call('GET /api/tasks', { user })));
  expect(lists.map(({ status }) => status)).toEqual(Array(100).fill(200));
  expect(lists.map(({ json }) => json)).toEqual(created.map((task) => [task]));
});
