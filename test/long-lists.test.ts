import { expect, test } from 'vitest';
import { call, fetchWorker, freshUser, routePrefixes, token } from './support/api.ts';
import { insertTasks, query } from './support/database.ts';
import { readPages, titlesOf } from './support/pages.ts';

test.each(routePrefixes)(
  '2,500 tasks of one instant are listed whole, and in pages of at most 1000, under $prefix [S3 EC3]',
  async ({ tasksOf }) => {
    const user = freshUser();
    const titles = await insertTasks(user, 2500);
    expect(titlesOf(await call(`GET ${tasksOf(user)}`, { user }))).toEqual(titles);
    const completed = await call(`GET ${tasksOf(user)}?status=completed`, { user });
    expect(titlesOf(completed)).toEqual(titles.filter((_, i) => i % 2 === 0));
    for (const limit of ['1001', '9'.repeat(30)]) {
      const pages = await readPages(`${tasksOf(user)}?limit=${limit}`, { user });
      expect(pages.map(({ json }) => json.length)).toEqual([1000, 1000, 500]);
      expect(pages.flatMap(titlesOf)).toEqual(titles);
    }
  },
);

test.each([1023, 1024, 1025, 2048])('%d tasks, about one chunk or two, are listed whole [S3 EC3]', async (amount) => {
  const user = freshUser();
  const titles = await insertTasks(user, amount);
  const whole = await call('GET /api/tasks', { user });
  expect([whole.status, titlesOf(whole)]).toEqual([200, titles]);
  const head = await call('HEAD /api/tasks', { user });
  expect([head.status, head.text]).toEqual([200, '']);
});

test.each([
  ['all that follows is deleted', 1025],
  ['some of what follows is deleted', 1026],
])('while a client reads a list, %s, and the list is still valid JSON', async (_, amount) => {
  const user = freshUser();
  const titles = await insertTasks(user, amount);
  const headers = { Authorization: `Bearer ${await token({ sub: user })}` };
  const response = await fetchWorker('https://api.example.com/api/tasks', { headers });
  expect(response.status).toBe(200);
  await query('delete from tasks where user_id = $1 and title = $2', [user, titles[1024]]);
  const tasks: { title: string }[] = await response.json();
  expect(tasks.slice(0, 1024).map(({ title }) => title)).toEqual(titles.slice(0, 1024));
});
