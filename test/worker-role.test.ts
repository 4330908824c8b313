import { neon } from '@neondatabase/serverless';
import { describe, expect, test } from 'vitest';
import { bindings, freshUser, overNeon } from './support/api.ts';
import { query } from './support/database.ts';

const asWorker = (sql: string, params: unknown[] = []) => neon(bindings.DATABASE_URL).query(sql, params);

describe.runIf(overNeon)('the least-privilege role', () => {
  test.each([
    "update tasks set user_id = 'someone'",
    'update tasks set created_at = now()',
    "update idempotency_keys set user_id = 'someone'",
    'update idempotency_keys set task_id = 1',
    'truncate idempotency_keys',
    'alter table idempotency_keys disable row level security',
    "select setval('tasks_id_seq', 1)",
    'select from drizzle.__drizzle_migrations',
    'create table mine ()',
    'create role another',
  ])('may not %s', async (sql) => {
    await expect(asWorker(sql)).rejects.toMatchObject({ code: '42501' });
  });

  test('deletes no idempotency key of the last 30 days', async () => {
    const user = freshUser();
    const ages = ['0 days', '29 days 23 hours', '30 days 1 minute'];
    const insert = `insert into idempotency_keys (user_id, key, fingerprint, task_id, created_at)
      select $1, age, '', 1, now() - age::interval from unnest($2::text[]) age`;
    await query(insert, [user, ages]);
    await asWorker('delete from idempotency_keys where user_id = $1', [user]);
    const left = await query('select key from idempotency_keys where user_id = $1 order by key', [user]);
    expect(left.map(({ key }) => key)).toEqual(['0 days', '29 days 23 hours']);
  });

  test('has time limits for statements and for idle sessions', async () => {
    const settings = "select current_setting('statement_timeout'), current_setting('idle_session_timeout') as idle";
    expect(await asWorker(settings)).toEqual([{ current_setting: '5s', idle: '1min' }]);
  });
});
