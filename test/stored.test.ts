import { describe, expect, test } from 'vitest';
import { call, createTask, freshUser, routePrefixes } from './support/api.ts';
import { query } from './support/database.ts';

const rowsOf = (user: string) =>
  query('select id, title, description, is_completed, version from tasks where user_id = $1 order by id', [user]);

describe.each(routePrefixes)('under $prefix', ({ tasksOf }) => {
  test('PostgreSQL holds what was created and updated, and no longer what was deleted [S1 US3.2, S2 US2.1, S2 US3.2, S2 US3.3, S2 FR-006]', async () => {
    const user = freshUser();
    const kept = await call(`POST ${tasksOf(user)}`, { user, body: { title: 'kept', description: 'Milk' } });
    const { id } = await createTask(user, { title: 'deleted' });
    const stored = { id: `${kept.json.id}`, title: 'kept', description: 'Milk', is_completed: 'f', version: '1' };
    const deleted = { ...stored, id: `${id}`, title: 'deleted', description: null };
    expect(await rowsOf(user)).toEqual([stored, deleted]);
    await call(`PUT ${tasksOf(user)}/${kept.json.id}`, { user, body: { title: 'updated', completed: true } });
    await call(`DELETE ${tasksOf(user)}/${id}`, { user });
    expect(await rowsOf(user)).toEqual([{ ...stored, title: 'updated', is_completed: 't', version: '2' }]);
  });

  test('ids are integers that increase, and are never used again [S1 FR-007]', async () => {
    const user = freshUser();
    const create = async () => (await call(`POST ${tasksOf(user)}`, { user, body: { title: 'x' } })).json.id;
    const first = await create();
    await call(`DELETE ${tasksOf(user)}/${first}`, { user });
    const [second, third] = [await create(), await create()];
    expect([first, second, third].every(Number.isSafeInteger)).toBe(true);
    expect(first < second && second < third).toBe(true);
  });

  test('created_at is the moment of creation [S1 FR-008, S3 SC-007]', async () => {
    const user = freshUser();
    const sql = 'select (extract(epoch from now()) * 1000)::bigint as now';
    const now = async () => Number((await query(sql))[0]?.now);
    const before = await now();
    const { json } = await call(`POST ${tasksOf(user)}`, { user, body: { title: 'x' } });
    expect(Date.parse(json.created_at)).toBeGreaterThanOrEqual(before);
    expect(Date.parse(json.created_at)).toBeLessThanOrEqual(await now());
  });
});

describe('the table of tasks', () => {
  test.each([
    ['an empty title', '23514', "'u', ''"],
    ['a blank title', '23514', String.raw`'u', E' \t\u00a0'`],
    ['a title of 201 characters', '22001', "'u', repeat('x', 201)"],
    ['a task without a title', '23502', "'u', null"],
    ['a task without a user', '23502', "null, 'x'"],
    ['a task of an empty user', '23514', "'', 'x'"],
    ['a user of 256 characters', '22001', "repeat('u', 256), 'x'"],
  ])('refuses %s [S2 SC-004, S2 SC-009, S3 FR-005]', async (_, code, values) => {
    await expect(query(`insert into tasks (user_id, title) values (${values})`)).rejects.toMatchObject({ code });
  });

  test('has the primary key id, and an index that begins with user_id [S2 SC-004, S3 FR-005]', async () => {
    const indexes = await query(`select indisprimary, attname from pg_index
      join pg_attribute on attrelid = indrelid and attnum = indkey[0] where indrelid = 'tasks'::regclass`);
    expect(indexes).toContainEqual({ indisprimary: 'f', attname: 'user_id' });
    expect(indexes).toContainEqual({ indisprimary: 't', attname: 'id' });
  });
});
