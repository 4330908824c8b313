import { describe, expect, test } from 'vitest';
import { encodeCursor } from '../src/tasks/cursor.ts';
import { call, createTask, freshUser, routePrefixes } from './support/api.ts';
import { insertTasks } from './support/database.ts';
import { nextPath, readPages, titlesOf } from './support/pages.ts';

describe.each(routePrefixes)('a list in pages under $prefix', ({ tasksOf }) => {
  test('limit selects the newest tasks, and Link leads through the rest to the last page [S3 EC3]', async () => {
    const user = freshUser();
    await insertTasks(user, 7);
    const pages = await readPages(`${tasksOf(user)}?limit=3`, { user });
    expect(pages.map(titlesOf)).toEqual([['task 7', 'task 6', 'task 5'], ['task 4', 'task 3', 'task 2'], ['task 1']]);
    expect(pages.flatMap(({ json }) => json)).toEqual((await call(`GET ${tasksOf(user)}`, { user })).json);
    expect(await readPages(`${tasksOf(user)}?limit=7`, { user })).toHaveLength(1);
  });

  test('the link to the next page keeps the filter, and no unknown parameter', async () => {
    const user = freshUser();
    await insertTasks(user, 6);
    const pages = await readPages(`${tasksOf(user)}?limit=2&utm_source=mail&status=pending&token=x`, { user });
    expect(pages.map(titlesOf)).toEqual([['task 5', 'task 3'], ['task 1']]);
    expect(pages[0]?.headers.get('link')).toMatch(/\?limit=2&status=pending&cursor=[\w-]+>; rel="next"$/);
  });

  test('a cursor without a limit returns all the rest', async () => {
    const user = freshUser();
    await insertTasks(user, 4);
    const next = nextPath(await call(`GET ${tasksOf(user)}?limit=1`, { user }));
    const rest = await call(`GET ${next?.replace('limit=1&', '')}`, { user });
    expect(titlesOf(rest)).toEqual(['task 3', 'task 2', 'task 1']);
  });

  test('paging while tasks are added and deleted repeats none, and skips none that was there throughout', async () => {
    const user = freshUser();
    await insertTasks(user, 10);
    const doomed = ['task 8', 'task 5', 'task 1'];
    const before = (await call(`GET ${tasksOf(user)}`, { user })).json;
    const deletions = before.filter(({ title }: { title: string }) => doomed.includes(title));
    const pages = await readPages(`${tasksOf(user)}?limit=2`, { user }, async () => {
      await createTask(user, { title: 'late' });
      const task = deletions.shift();
      if (task) await call(`DELETE ${tasksOf(user)}/${task.id}`, { user });
    });
    const found = pages.flatMap(titlesOf).filter((title) => !doomed.includes(title));
    expect(found).toEqual(['task 10', 'task 9', 'task 7', 'task 6', 'task 4', 'task 3', 'task 2']);
  });

  test.each(['0', '-1', 'abc', '1.5', '', '1e2', '%2B5'])('limit=%s returns 422', async (limit) => {
    const user = freshUser();
    const { status, json } = await call(`GET ${tasksOf(user)}?limit=${limit}`, { user });
    expect([status, json.errors]).toEqual([422, [{ field: 'limit', message: 'must be an integer of 1 or more' }]]);
  });
});

const position = { createdAt: '2026-01-05T10:30:00.000Z', id: '1' };
const cursor = encodeCursor(position);

test.each([
  ['is empty', ''],
  ['is not base64url', '!!!'],
  ['was cut', cursor.slice(0, -1)],
  ['was lengthened', `${cursor}A`],
  ['was padded', `${cursor}=`],
  ['has no checksum', btoa('2026-01-05T10:30:00.000Z,1')],
  ['has an empty checksum', btoa(',2026-01-05T10:30:00.000Z,1')],
  ['names a year that PostgreSQL does not have', encodeCursor({ ...position, createdAt: '0000-01-01T00:00:00.000Z' })],
  ['names a day that does not exist', encodeCursor({ ...position, createdAt: '2026-02-30T00:00:00.000Z' })],
  ['names a negative id', encodeCursor({ ...position, id: '-1' })],
  ['names an id that is too large', encodeCursor({ ...position, id: '9223372036854775808' })],
])('a cursor that %s returns 422', async (_, altered) => {
  const path = `/api/tasks?limit=1&cursor=${encodeURIComponent(altered)}`;
  const { status, json } = await call(`GET ${path}`, { user: freshUser() });
  expect([status, json.errors]).toEqual([422, [{ field: 'cursor', message: 'is not a cursor of this API' }]]);
});

test('a cursor with any one character altered returns 422', async () => {
  const user = freshUser();
  for (let at = 0; at < cursor.length; at++) {
    const altered = `${cursor.slice(0, at)}${cursor[at] === 'x' ? 'y' : 'x'}${cursor.slice(at + 1)}`;
    const { status } = await call(`GET /api/tasks?limit=1&cursor=${altered}`, { user });
    expect([altered, status]).toEqual([altered, 422]);
  }
});
