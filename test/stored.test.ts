import { describe, expect, test } from 'vitest';
import { readConfig } from '../src/config.ts';
import { openDatabase } from '../src/db/client.ts';
import { databaseFailure } from '../src/db/errors.ts';
import { addresses, bindings, call, createTask, freshUser } from './support/api.ts';

/** What PostgreSQL itself says, past the API. */
function query(sql: string, params: unknown[] = []): Promise<unknown[]> {
  const { run, close } = openDatabase(readConfig(bindings), () => {});
  return run({ sql, params }).finally(close);
}

const rowsOf = (user: string) =>
  query(
    `select id::text, title, description, is_completed::text as done, version::text from tasks
     where user_id = $1 order by id`,
    [user],
  );

describe.each(addresses)('at the $address', ({ tasksOf }) => {
  test('S2 US2.1, S2 US3.2, S2 US3.3, S2 FR-006: PostgreSQL holds what was created and changed, and what was deleted no more', async () => {
    const user = freshUser();
    const kept = await call(`POST ${tasksOf(user)}`, { user, body: { title: 'kept', description: 'Milk' } });
    const { id } = await createTask(user, { title: 'doomed' });
    const stored = { id: `${kept.json.id}`, title: 'kept', description: 'Milk', done: 'false', version: '1' };
    const doomed = { id: `${id}`, title: 'doomed', description: null, done: 'false', version: '1' };
    expect(await rowsOf(user)).toEqual([stored, doomed]);
    await call(`PUT ${tasksOf(user)}/${kept.json.id}`, { user, body: { title: 'changed', completed: true } });
    await call(`DELETE ${tasksOf(user)}/${id}`, { user });
    expect(await rowsOf(user)).toEqual([{ ...stored, title: 'changed', done: 'true', version: '2' }]);
  });

  test('S1 FR-007: ids are whole numbers that go up, and never come back', async () => {
    const user = freshUser();
    const create = async () => (await call(`POST ${tasksOf(user)}`, { user, body: { title: 'x' } })).json.id;
    const first = await create();
    await call(`DELETE ${tasksOf(user)}/${first}`, { user });
    const [second, third] = [await create(), await create()];
    expect([first, second, third].every(Number.isSafeInteger)).toBe(true);
    expect(first < second && second < third).toBe(true);
  });

  test('S1 FR-008, S1 FR-009, S3 FR-011, S3 SC-007: created_at is the moment of creation and stays; updated_at goes up with each change', async () => {
    const user = freshUser();
    const before = Date.now();
    const { json: task } = await call(`POST ${tasksOf(user)}`, { user, body: { title: 'x' } });
    const created = Date.parse(task.created_at);
    expect(created).toBeGreaterThan(before - 1000);
    expect(created).toBeLessThan(Date.now() + 1000);
    let last = task;
    for (const [method, suffix, body] of [
      ['PUT', '', { title: 'y' }],
      ['PATCH', '', { description: 'z' }],
      ['PATCH', '/complete', undefined],
      ['PATCH', '/complete', { completed: false }],
    ] as const) {
      const { json } = await call(`${method} ${tasksOf(user)}/${task.id}${suffix}`, { user, body });
      expect(json.created_at).toBe(task.created_at);
      expect(json.updated_at > last.updated_at).toBe(true);
      last = json;
    }
  });
});

test('S0 EC5: of changes within one millisecond each has a later updated_at than the one before', async () => {
  const user = freshUser();
  const { id } = await createTask(user);
  const toggles = Array.from({ length: 12 }, () => call(`PATCH /api/tasks/${id}/complete`, { user }));
  const version = (headers: Headers) => Number(JSON.parse(headers.get('etag') ?? '""'));
  const inOrder = (await Promise.all(toggles)).toSorted((a, b) => version(a.headers) - version(b.headers));
  expect(inOrder.map(({ headers }) => version(headers))).toEqual(Array.from({ length: 12 }, (_, i) => i + 2));
  const instants = inOrder.map(({ json }) => json.updated_at);
  expect(instants).toEqual([...new Set(instants)].sort());
});

describe('S2 SC-004, S2 SC-009, S3 FR-005: the table', () => {
  test.each([
    ['a title of nothing', '23514', "'u', ''"],
    ['a title of white space', '23514', String.raw`'u', E' \t\u00a0'`],
    ['a title of 201 characters', '22001', "'u', repeat('x', 201)"],
    ['no title', '23502', "'u', null"],
    ['no user', '23502', "null, 'x'"],
    ['an empty user', '23514', "'', 'x'"],
    ['a user of 256 characters', '22001', "repeat('u', 256), 'x'"],
  ])('itself refuses %s', async (_, sqlstate, values) => {
    const error = await query(`insert into tasks (user_id, title) values (${values})`).catch((cause) => cause);
    expect(databaseFailure(error)?.sqlstate).toBe(sqlstate);
  });

  test('has id for its primary key, and an index that begins with user_id', async () => {
    const indexes = await query(`select indisprimary::text as is_primary, attname::text as first_column from pg_index
      join pg_attribute on attrelid = indrelid and attnum = indkey[0] where indrelid = 'tasks'::regclass order by 1`);
    expect(indexes).toEqual([
      { is_primary: 'false', first_column: 'user_id' },
      { is_primary: 'true', first_column: 'id' },
    ]);
  });
});
