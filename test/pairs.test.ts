import { beforeAll, expect, test } from 'vitest';
import { type ApiResponse, call, createTask, freshUser } from './support/api.ts';
import { query } from './support/database.ts';

const users = Array.from({ length: 10 }, () => freshUser());
const pairs = users.flatMap((user) => users.filter((other) => other !== user).map((other) => [user, other] as const));
const taskOf = new Map<string, number>();

beforeAll(async () => {
  for (const user of users) taskOf.set(user, (await createTask(user, { title: `secret of ${user}` })).id);
});

const storedTasks = () => query('select * from tasks where user_id = any($1) order by id', [users]);

/** What a client sees of a response: all but its request id. */
const visible = ({ status, headers, text }: ApiResponse) =>
  JSON.stringify([status, text, [...headers].filter(([name]) => name !== 'x-request-id')]);

test.each<[method: string, suffix: string, body?: object | undefined, headers?: Record<string, string>]>([
  ['GET', ''],
  ['GET', '', undefined, { 'If-None-Match': '"1"' }],
  ['HEAD', ''],
  ['PUT', '', { title: 'stolen' }],
  ['PATCH', '', { title: 'stolen' }],
  ['PATCH', '', { title: 'stolen' }, { 'If-Match': '"1"' }],
  ['PATCH', '/complete'],
  ['DELETE', ''],
  ['DELETE', '', undefined, { 'If-Match': '"1"' }],
])(
  'none of 10 users reads, changes or learns of another’s task by %s …/{id}%s %j %j [S0 SC-003, S1 SC-003, S2 FR-003, S3 SC-003]',
  async (method, suffix, body, headers) => {
    const before = await storedTasks();
    const send = (user: string, tasks: string, id: unknown) =>
      call(`${method} ${tasks}/${id}${suffix}`, { user, body, headers });
    const missing = visible(await send(users[0] ?? '', '/api/tasks', 2 ** 50));
    for (const [user, other] of pairs) {
      const paths = ['/api/tasks', `/api/${user}/tasks`, `/api/${other}/tasks`];
      const [unnamed, ...named] = await Promise.all(paths.map((path) => send(user, path, taskOf.get(other))));
      expect(unnamed && visible(unnamed)).toBe(missing);
      for (const response of named) {
        expect(response.status).toBe(403);
        expect(visible(response)).not.toContain('secret of');
      }
    }
    expect(await storedTasks()).toEqual(before);
  },
);

test('no list holds another user’s tasks [S2 US2.2, S3 US1.2]', async () => {
  for (const [user, other] of pairs) {
    const own = await call('GET /api/tasks?limit=1000', { user });
    const foreign = await call(`GET /api/${other}/tasks`, { user });
    expect(own.json.map(({ id }: { id: number }) => id)).toEqual([taskOf.get(user)]);
    expect([foreign.status, foreign.json.code]).toEqual([403, 'forbidden']);
  }
});
