import { describe, expect, test, vi } from 'vitest';
import { call, freshUser, overNeon } from './support/api.ts';
import { insertTasks, query, recordStatements } from './support/database.ts';
import { nextPath, readPages, titlesOf } from './support/pages.ts';

/** Bytes. A page ends with the task that brings it to 500 kB, and a task has little more than 1 MiB. */
const LARGEST_PAGE = 1_700_000;

const sizeOf = (text: string) => new TextEncoder().encode(text).byteLength;

/** @returns the bytes of the values in a response of the database, as they are stored. */
function storedSize(statement: string): number {
  const { rows }: { rows: (string | null)[][] } = JSON.parse(statement);
  return sizeOf(rows.flat().join(''));
}

test.each<[content: string, amount: number, limit: number, title: string, description: string | null]>([
  ['descriptions of 900 kB', 7, 10, '', 'x'.repeat(900_000)],
  ['descriptions of 900 kB in characters of three bytes', 7, 10, '', '語'.repeat(300_000)],
  ['descriptions of control characters, each six in JSON', 6, 20, '', '\u0001'.repeat(170_000)],
  ['many descriptions of control characters', 250, 1000, '', '\u0001'.repeat(3900)],
  ['many descriptions of 4 kB', 1030, 1000, '', 'x'.repeat(4000)],
  ['titles of 200 characters of four bytes', 1030, 1000, '😀'.repeat(196), null],
  ['titles of control characters', 1030, 1000, '\u0001'.repeat(196), null],
])('%s are listed once each, in pages and chunks that fit', async (_, amount, limit, title, description) => {
  const user = freshUser();
  const titles = await insertTasks(user, amount, title, description);
  const statements = recordStatements();
  const pages = await readPages(`/api/tasks?limit=${limit}`, { user });
  if (overNeon) expect(statements.length).toBeLessThanOrEqual(2 * pages.length);
  const whole = await call('GET /api/tasks', { user });
  expect(titlesOf(whole)).toEqual(titles);
  expect(whole.json.every((task: { description: string | null }) => task.description === description)).toBe(true);
  expect(pages.flatMap(({ json }) => json)).toEqual(whole.json);
  for (const page of pages) expect(sizeOf(page.text)).toBeLessThan(LARGEST_PAGE);
  for (const statement of statements) expect(storedSize(statement)).toBeLessThan(LARGEST_PAGE);
});

describe.runIf(overNeon)('a page that takes two statements', () => {
  test.each([
    ['a task is created', `insert into tasks (user_id, title) values ($1, 'new')`, ['6', '5', '4', '3', '2', '1']],
    ['some are deleted', `delete from tasks where user_id = $1 and title in ('6', '3')`, ['5', '4', '2', '1']],
    ['all of the page are deleted', `delete from tasks where user_id = $1 and title > '2'`, ['2', '1']],
  ])('neither repeats nor skips a task where %s in between', async (_, sql, expected) => {
    const user = freshUser();
    const description = 'x'.repeat(900_000);
    await insertTasks(user, 6, '', description);
    recordStatements(() => query(sql, [user]));
    const first = await call('GET /api/tasks?limit=10', { user });
    vi.restoreAllMocks();
    const rest = await readPages(nextPath(first) ?? '', { user });
    const tasks = [first, ...rest].flatMap(({ json }) => json).filter(({ title }) => title !== 'new');
    expect(tasks.map(({ title }) => title)).toEqual(expected);
    expect(tasks.every((task) => task.description === description)).toBe(true);
  });
});
