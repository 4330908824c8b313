import { beforeAll, expect, test } from 'vitest';
import { readConfig } from '../src/config.ts';
import { openDatabase } from '../src/db/client.ts';
import { type Answer, bindings, call, createTask, freshUser } from './support/api.ts';

const users = Array.from({ length: 10 }, () => freshUser());
const pairs = users.flatMap((user) => users.filter((other) => other !== user).map((other) => [user, other] as const));
const taskOf = new Map<string, number>();

beforeAll(async () => {
  for (const user of users) taskOf.set(user, (await createTask(user, { title: `secret of ${user}` })).id);
});

/** One value for all that these users have. */
async function hashOfTasks(): Promise<unknown> {
  const { run, close } = openDatabase(readConfig(bindings), () => {});
  const sql = "select md5(string_agg(tasks::text, ';' order by id)) from tasks where user_id = any($1)";
  return run({ sql, params: [users] }).finally(close);
}

/** What a stranger may see of an answer: all but its request id. */
const visible = ({ status, headers, text }: Answer) =>
  JSON.stringify([status, text, [...headers].filter(([name]) => name !== 'x-request-id')]);

test.each<[string, string, object?, Record<string, string>?]>([
  ['GET', '/:id'],
  ['GET', '/:id', undefined, { 'If-None-Match': '"1"' }],
  ['HEAD', '/:id'],
  ['PUT', '/:id', { title: 'stolen' }],
  ['PATCH', '/:id', { title: 'stolen' }],
  ['PATCH', '/:id', { title: 'stolen' }, { 'If-Match': '"1"' }],
  ['PATCH', '/:id/complete'],
  ['DELETE', '/:id'],
  ['DELETE', '/:id', undefined, { 'If-Match': '"1"' }],
])(
  'S0 SC-003, S1 SC-003, S2 FR-003, S3 SC-003: none of 10 users reads, changes or learns of another’s task by %s …%s %j %j',
  async (method, suffix, body, headers) => {
    const before = await hashOfTasks();
    const send = (user: string, tasks: string, id: unknown) =>
      call(`${method} ${tasks}${suffix.replace(':id', String(id))}`, { user, body, headers });
    const missing = visible(await send(users[0] ?? '', '/api/tasks', 2 ** 50));
    await Promise.all(
      pairs.map(async ([user, other]) => {
        const id = taskOf.get(other);
        expect(visible(await send(user, '/api/tasks', id))).toBe(missing);
        for (const tasks of [`/api/${user}/tasks`, `/api/${other}/tasks`]) {
          const answer = await send(user, tasks, id);
          expect(answer.status).toBe(403);
          expect(visible(answer)).not.toContain('secret of');
        }
      }),
    );
    expect(await hashOfTasks()).toEqual(before);
  },
);

test('S2 US2.2, S3 US1.2: a list, whole or in pages, filtered or not, holds none of another’s tasks', async () => {
  for (const [user, other] of pairs) {
    const [own, foreign] = await Promise.all([
      call('GET /api/tasks?limit=1000', { user }),
      call(`GET /api/${other}/tasks`, { user }),
    ]);
    expect(own.json.map(({ id }: { id: number }) => id)).toEqual([taskOf.get(user)]);
    expect([foreign.status, foreign.json.code]).toEqual([403, 'forbidden']);
  }
});
