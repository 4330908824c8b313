import { expect, test, vi } from 'vitest';
import worker from '../dist/tested/index.js';
import { bindings, freshUser } from './support/api.ts';
import { query } from './support/database.ts';
import { unreachableDatabase } from './support/faulty-database.ts';

const insertKeys = (user: string, count: number, age: string) =>
  query(
    `insert into idempotency_keys (user_id, key, fingerprint, task_id, created_at)
      select $1, 'key ' || i || $3, '', i, now() - $3::interval from generate_series(1, $2::int) i`,
    [user, count, age],
  );

async function runCron(env: object) {
  const log = vi.spyOn(console, 'log').mockImplementation(() => {});
  const result = await worker.scheduled(undefined, env).catch((error: Error) => error.message);
  const lines = log.mock.calls.map(([line]) => JSON.parse(String(line)));
  log.mockRestore();
  return { result, lines };
}

test('the cron trigger removes the idempotency keys that are older than 30 days, and logs how many', async () => {
  const user = freshUser();
  await insertKeys(user, 2_500, '30 days 1 minute');
  await insertKeys(user, 7, '29 days 23 hours');
  const { result, lines } = await runCron(bindings);
  expect(result).toBeUndefined();
  expect(lines).toEqual([
    { time: expect.any(String), level: 'info', event: 'purge of idempotency keys', removed: expect.any(Number) },
  ]);
  expect(lines[0].removed).toBeGreaterThanOrEqual(2_500);
  const left = await query('select count(*)::int as count from idempotency_keys where user_id = $1', [user]);
  expect(left).toEqual([{ count: '7' }]);
});

test('the purge finds expired keys by an index', async () => {
  const [index] = await query("select indexdef from pg_indexes where indexname = 'idempotency_keys_created_at'");
  expect(index).toMatchObject({ indexdef: expect.stringContaining('(created_at)') });
});

test('a purge that fails is logged with its reason, and fails the cron event', async () => {
  const { result, lines } = await runCron({ ...bindings, ...unreachableDatabase });
  expect(result).toBe('the purge failed');
  expect(lines).toMatchObject([
    { level: 'error', event: 'purge of idempotency keys', removed: 0, error: { code: 'database_unavailable' } },
  ]);
});
