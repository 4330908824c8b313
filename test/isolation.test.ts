import { describe, expect, test } from 'vitest';
import { type ApiResponse, call, createTask, freshUser, routePrefixes, token } from './support/api.ts';
import { unreachableDatabase } from './support/faulty-database.ts';

/** Every route and method of the resource, with a valid body. */
const operations: [method: string, suffix: string, body?: object | undefined, headers?: Record<string, string>][] = [
  ['GET', ''],
  ['HEAD', ''],
  ['POST', '', { title: 'x' }],
  ['GET', '/:id'],
  ['GET', '/:id', undefined, { 'If-None-Match': '"1"' }],
  ['HEAD', '/:id'],
  ['PUT', '/:id', { title: 'x' }],
  ['PATCH', '/:id', { title: 'x' }],
  ['PATCH', '/:id/complete'],
  ['DELETE', '/:id'],
];

describe.each(operations)('%s tasks%s %j %j', (method, suffix, body, headers) => {
  const at = (tasks: string, id: unknown) => `${method} ${tasks}${suffix.replace(':id', String(id))}`;

  /** The body, where the operation takes one. */
  const invalid = (text: string) => (body ? { body: text } : {});

  const expectError = (response: ApiResponse, status: number, code: string) =>
    expect([response.status, response.json?.code]).toEqual([status, method === 'HEAD' ? undefined : code]);

  const expectUnchanged = async (task: { user_id: string }) =>
    expect((await call('GET /api/tasks', { user: task.user_id })).json).toEqual([task]);

  test.each(routePrefixes)(
    'is 401 without a token under $prefix [S0 SC-002, S1 SC-002, S2 FR-004, S2 SC-003, S3 SC-005]',
    async ({ tasksOf }) => {
      const task = await createTask(freshUser());
      expectError(await call(at(tasksOf(task.user_id), task.id), { body }), 401, 'not_authenticated');
      await expectUnchanged(task);
    },
  );

  test.each(routePrefixes)(
    'is 401 with a bad token under $prefix, before anything else is validated [S0 US1.2]',
    async ({ tasksOf }) => {
      const user = freshUser();
      const bearer = await token({ sub: user }, 'another-secret-of-32-characters-!!');
      for (const tasks of [tasksOf(user), tasksOf('x'.repeat(300))])
        expectError(await call(at(tasks, 'abc'), { bearer, ...invalid('{') }), 401, 'invalid_signature');
    },
  );

  test("is 403 under another user's prefix, before anything is read [S1 US1.5, S1 US2.3, S1 FR-005, S2 US1.3]", async () => {
    const task = await createTask(freshUser());
    const request = { user: freshUser(), env: unreachableDatabase };
    const tasks = `/api/${task.user_id}/tasks`;
    expectError(await call(at(tasks, task.id), { ...request, body }), 403, 'forbidden');
    expectError(await call(at(tasks, 'abc'), { ...request, ...invalid('{') }), 403, 'forbidden');
    await expectUnchanged(task);
  });

  test.each(['x'.repeat(256), '%00', 'a%0Ab', ''])(
    'is 422 for the user id "%s", which no user can have [S1 EC4]',
    async (id) => {
      expectError(await call(at(`/api/${id}/tasks`, 1), { user: freshUser(), body }), 422, 'validation_failed');
    },
  );

  test.runIf(suffix)(
    "is 404 for another user's task under /api/tasks, as for one that never was [S3 US1.3, S0 US1.3, S0 EC3, S0 SC-003]",
    async () => {
      const user = freshUser();
      const task = await createTask(freshUser());
      const foreign = await call(at('/api/tasks', task.id), { user, body, headers });
      const missing = await call(at('/api/tasks', 2 ** 40), { user, body, headers });
      expectError(foreign, 404, 'not_found');
      expect(foreign.text).toBe(missing.text);
      const shown = ({ headers }: ApiResponse) => [...headers].filter(([name]) => name !== 'x-request-id');
      expect(shown(foreign)).toEqual(shown(missing));
      await expectUnchanged(task);
    },
  );

  test.runIf(suffix)(
    "is 403 for another user's task under the user's prefix [S1 US4.5, S1 US5.3, S1 US6.3, S1 FR-004, S1 SC-003, S0 FR-006, S2 FR-002, S2 FR-003, S2 SC-006, S3 FR-007, S3 SC-003]",
    async () => {
      const user = freshUser();
      const task = await createTask(freshUser());
      expectError(await call(at(`/api/${user}/tasks`, task.id), { user, body, headers }), 403, 'forbidden');
      await expectUnchanged(task);
    },
  );
});

test("the owner is the token's user, whatever the body, the query or a header says [S2 US2.1, S3 FR-003]", async () => {
  const [user, other] = [freshUser(), freshUser()];
  const body = { title: 'x', user_id: other };
  const created = await call(`POST /api/tasks?user_id=${other}`, { user, headers: { 'X-User-Id': other }, body });
  expect(created.json.user_id).toBe(user);
  expect((await call('GET /api/tasks', { user: other })).json).toEqual([]);
});

test('100 users at once each get their own tasks [S1 NFR-002, S0 SC-004, S3 SC-001]', async () => {
  const users = Array.from({ length: 100 }, () => freshUser());
  const created = await Promise.all(users.map((user) => createTask(user, { title: `of ${user}` })));
  const lists = await Promise.all(users.map((user) => call('GET /api/tasks', { user })));
  expect(lists.map(({ status }) => status)).toEqual(Array(100).fill(200));
  expect(lists.map(({ json }) => json)).toEqual(created.map((task) => [task]));
});
