import { describe, expect, test } from 'vitest';
import { addresses, call, createTask, freshUser } from './support/api.ts';

const titles = (tasks: { title: string }[]) => tasks.map(({ title }) => title);

/** The path and query of the next page. */
const nextOf = (headers: Headers) => {
  const [, address = ''] = /^<(.*)>; rel="next"$/.exec(headers.get('link') ?? '') ?? [];
  return address.replace('https://api.example.com', '');
};

async function pages(user: string, path: string, between: () => Promise<unknown> = async () => {}) {
  const found: any[][] = [];
  for (let at = path; at; ) {
    const answer = await call(`GET ${at}`, { user });
    expect(answer.status).toBe(200);
    found.push(answer.json);
    at = nextOf(answer.headers);
    await between();
  }
  return found;
}

const createMany = async (user: string, many: number) => {
  for (let i = 1; i <= many; i++) await createTask(user, { title: `task ${i}`, completed: i % 2 === 0 });
};

describe.each(addresses)('S3 EC3: a list in pages, at the $address', ({ tasksOf }) => {
  test('limit gives the newest, and Link the way to the rest, to the last page and no further', async () => {
    const user = freshUser();
    await createMany(user, 7);
    const found = await pages(user, `${tasksOf(user)}?limit=3`);
    expect(found.map(titles)).toEqual([['task 7', 'task 6', 'task 5'], ['task 4', 'task 3', 'task 2'], ['task 1']]);
    expect(found.flat()).toEqual((await call(`GET ${tasksOf(user)}`, { user })).json);
    expect(await pages(user, `${tasksOf(user)}?limit=7`)).toHaveLength(1);
    expect((await call(`GET ${tasksOf(freshUser())}?limit=5`, { user: freshUser() })).headers.has('link')).toBe(false);
  });

  test('the next page keeps the filter', async () => {
    const user = freshUser();
    await createMany(user, 6);
    const found = await pages(user, `${tasksOf(user)}?limit=2&status=pending`);
    expect(found.map(titles)).toEqual([['task 5', 'task 3'], ['task 1']]);
  });

  test('a cursor without a limit gives all the rest', async () => {
    const user = freshUser();
    await createMany(user, 4);
    const first = await call(`GET ${tasksOf(user)}?limit=1`, { user });
    const rest = await call(`GET ${nextOf(first.headers).replace('limit=1&', '')}`, { user });
    expect(titles(rest.json)).toEqual(['task 3', 'task 2', 'task 1']);
  });

  test('paging while tasks come and go repeats none, and skips none that was there throughout', async () => {
    const user = freshUser();
    await createMany(user, 10);
    const before = (await call(`GET ${tasksOf(user)}`, { user })).json;
    const doomed = [before[2], before[5], before[9]];
    let round = 0;
    const found = await pages(user, `${tasksOf(user)}?limit=2`, async () => {
      await createTask(user, { title: 'late' });
      const victim = doomed[round++];
      if (victim) await call(`DELETE ${tasksOf(user)}/${victim.id}`, { user });
    });
    const ids = found.flat().map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const throughout = before.filter((task: { id: number }) => !doomed.some(({ id }) => id === task.id));
    for (const { id } of throughout) expect(ids).toContain(id);
  });

  test.each(['0', '-1', 'abc', '1.5', '', '1e2', '%2B5'])('limit=%s gets 422', async (limit) => {
    const user = freshUser();
    const { status, json } = await call(`GET ${tasksOf(user)}?limit=${limit}`, { user });
    expect([status, json.errors]).toEqual([422, [{ field: 'limit', message: 'must be a whole number of 1 or more' }]]);
  });

  test('a limit above 1000 is taken as 1000', async () => {
    const user = freshUser();
    await createMany(user, 2);
    for (const limit of ['1000', '1001', '9'.repeat(30)]) {
      expect((await call(`GET ${tasksOf(user)}?limit=${limit}`, { user })).json).toHaveLength(2);
    }
  });

  test.each([
    'abc',
    '',
    '!!!',
    'MjAyNg',
    btoa('2026-99-05T10:30:00.000Z,1'),
    btoa('2026-01-05T10:30:00.000Z,99999999999999999999'),
  ])('a cursor that was not ours, %s, gets 422', async (cursor) => {
    const user = freshUser();
    const { status, json } = await call(`GET ${tasksOf(user)}?limit=2&cursor=${encodeURIComponent(cursor)}`, { user });
    expect([status, json.errors]).toEqual([422, [{ field: 'cursor', message: 'is not a cursor of this API' }]]);
  });

  test('one of ours that was cut, altered or made by hand gets 422', async () => {
    const user = freshUser();
    await createMany(user, 2);
    const next = nextOf((await call(`GET ${tasksOf(user)}?limit=1`, { user })).headers);
    const [, ours = ''] = /cursor=([\w-]+)/.exec(next) ?? [];
    const altered = [...ours].map((sign, at) => `${ours.slice(0, at)}${sign === 'x' ? 'y' : 'x'}${ours.slice(at + 1)}`);
    const handMade = ['2026-01-05T10:30:00.000Z,1', '0000-01-01T00:00:00.000Z,1', ',2026-01-05T10:30:00.000Z,1'].map(
      btoa,
    );
    for (const cursor of [...altered, ...handMade, ours.slice(0, -1), `${ours}A`, `${ours}=`]) {
      const answer = await call(`GET ${tasksOf(user)}?limit=1&cursor=${cursor}`, { user });
      expect([cursor, answer.status]).toEqual([cursor, 422]);
    }
  });

  test('a page ends early rather than hold more than a Worker’s memory does', async () => {
    const user = freshUser();
    const description = 'x'.repeat(900_000);
    for (let i = 1; i <= 7; i++) {
      await call(`POST /api/${user}/tasks`, { user, body: { title: `task ${i}`, description } });
    }
    const found = await pages(user, `${tasksOf(user)}?limit=10`);
    expect(found.map((page) => page.length)).toEqual([5, 2]);
    const all = await call(`GET ${tasksOf(user)}`, { user });
    expect(titles(all.json)).toEqual(titles(found.flat()));
  });
});
