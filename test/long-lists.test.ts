import { expect, test } from 'vitest';
import { openDatabase } from '../src/db/client.ts';
import { readConfig } from '../src/env.ts';
import { addresses, bindings, call, freshUser } from './support/api.ts';

/** Tasks as no client could make them: all of one instant, every other one done. */
async function createMany(user: string, amount: number): Promise<string[]> {
  const { run, close } = openDatabase(readConfig(bindings), () => {});
  const sql = `insert into tasks (user_id, title, is_completed)
    select $1, 'task ' || n, n % 2 = 0 from generate_series(1, ${amount}) as n`;
  await run({ sql, params: [user] }).finally(close);
  return Array.from({ length: amount }, (_, i) => `task ${amount - i}`);
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
  ['a moment that PostgreSQL does not know', '0000-01-01T00:00:00.000Z,1'],
  ['a day that is none', '2026-02-30T00:00:00.000Z,1'],
  ['an id that is none', '2026-01-01T00:00:00.000Z,-1'],
])('a cursor that names %s was not ours: 422', async (_, position) => {
  const cursor = btoa(position).replaceAll('=', '');
  const { status, json } = await call(`GET /api/tasks?limit=2&cursor=${cursor}`, { user: freshUser() });
  expect([status, json.errors]).toEqual([422, [{ field: 'cursor', message: 'is not a cursor of this API' }]]);
});
