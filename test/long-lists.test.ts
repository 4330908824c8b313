import { expect, test } from 'vitest';
import { readConfig } from '../src/config.ts';
import { openDatabase } from '../src/db/client.ts';
import { addresses, bindings, call, fetchWorker, freshUser, token } from './support/api.ts';

/** Tasks as no client could make them: all of one instant, every other one done. */
async function createMany(user: string, amount: number): Promise<string[]> {
  const { run, close } = openDatabase(readConfig(bindings), () => {});
  const sql = `insert into tasks (user_id, title, is_completed)
    select $1, 'task ' || n, n % 2 = 0 from generate_series(1, ${amount}) as n`;
  await run({ sql, params: [user] }).finally(close);
  return Array.from({ length: amount }, (_, i) => `task ${amount - i}`);
}

async function deleteTitled(user: string, titles: string[]): Promise<void> {
  const { run, close } = openDatabase(readConfig(bindings), () => {});
  const sql = 'delete from tasks where user_id = $1 and title = any($2)';
  await run({ sql, params: [user, titles] }).finally(close);
}

const titles = (tasks: { title: string }[]) => tasks.map(({ title }) => title);

test.each(addresses)(
  'S3 EC3: 2,500 tasks of one instant come whole, newest first, and in pages of at most 1000, at the $address',
  async ({ tasksOf }) => {
    const user = freshUser();
    const all = await createMany(user, 2500);
    const whole = await call(`GET ${tasksOf(user)}`, { user });
    expect(whole.status).toBe(200);
    expect(titles(whole.json)).toEqual(all);
    const done = await call(`GET ${tasksOf(user)}?status=completed`, { user });
    expect(titles(done.json)).toEqual(all.filter((_, i) => i % 2 === 0));

    const pages = [];
    for (let path = `${tasksOf(user)}?limit=5000`; path; ) {
      const { json, headers } = await call(`GET ${path}`, { user });
      pages.push(titles(json));
      path = /<https:\/\/[^/]*([^>]*)>; rel="next"/.exec(headers.get('link') ?? '')?.[1] ?? '';
    }
    expect(pages.map(({ length }) => length)).toEqual([1000, 1000, 500]);
    expect(pages.flat()).toEqual(all);
  },
);

test.each([1023, 1024, 1025, 2048])(
  'S3 EC3: a list of %d tasks, about as many as are read at a time, comes whole',
  async (amount) => {
    const user = freshUser();
    const all = await createMany(user, amount);
    const { status, json } = await call('GET /api/tasks', { user });
    expect([status, titles(json)]).toEqual([200, all]);
    const head = await call('HEAD /api/tasks', { user });
    expect([head.status, head.text]).toEqual([200, '']);
  },
);

test.each([
  ['all that was to follow', 1025],
  ['some of it', 1026],
])('a list is whole JSON where %s is deleted while it is read', async (_, amount) => {
  const user = freshUser();
  const all = await createMany(user, amount);
  const headers = { Authorization: `Bearer ${await token({ sub: user })}` };
  const answer = await fetchWorker('https://api.example.com/api/tasks', { headers });
  await deleteTitled(user, all.slice(1024, 1025));
  const read: { title: string }[] = await answer.json();
  expect(answer.status).toBe(200);
  expect(titles(read).slice(0, 1024)).toEqual(all.slice(0, 1024));
});

test.each([
  ['a moment that PostgreSQL does not know', '0000-01-01T00:00:00.000Z,1'],
  ['a day that is none', '2026-02-30T00:00:00.000Z,1'],
  ['an id that is none', '2026-01-01T00:00:00.000Z,-1'],
])('a cursor that names %s was not ours: 422', async (_, position) => {
  const cursor = btoa(position).replaceAll('=', '');
  const { status, json } = await call(`GET /api/tasks?limit=2&cursor=${cursor}`, { user: freshUser() });
  expect([status, json.errors]).toEqual([422, [{ field: 'cursor', message: 'is not a cursor of this API' }]]);
});
