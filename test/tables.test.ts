import { describe, expect, test, vi } from 'vitest';
import { readConfig } from '../src/config.ts';
import { openDatabase } from '../src/db/client.ts';
import { bindings, call, databaseUrl, freshUser, overNeon } from './support/api.ts';

const way = overNeon ? 'neon' : 'tcp';

describe('S1 FR-016: a database without our tables', () => {
  const env = { DATABASE_URL: databaseUrl(`unborn_${way}`) };

  test('is given them once by the first requests, however many at the same moment, and all of these succeed', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, async (_, i) => {
        const user = freshUser();
        return i % 2 === 0
          ? call('POST /api/tasks', { user, env, body: { title: 'first' }, headers: { 'Idempotency-Key': 'k' } })
          : call('GET /api/tasks', { user, env });
      }),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array(10).fill(200), ...Array(10).fill(201)]);
    const { run, close } = openDatabase(readConfig({ ...bindings, ...env }), () => {});
    const recorded = await run({ sql: 'select hash from drizzle.__drizzle_migrations', params: [] }).finally(close);
    expect(recorded).toEqual([{ hash: expect.stringMatching(/^[0-9a-f]{64}$/) }]);
  });

  test('whose role may not create them gets 503, and the log says what to run', async () => {
    const log = vi.spyOn(console, 'log');
    const guarded = Object.assign(new URL(databaseUrl('guarded')), { username: 'guest', password: 'guest' });
    const answer = await call('GET /api/tasks', { user: freshUser(), env: { DATABASE_URL: guarded.href } });
    const lines = log.mock.calls.map(([line]) => JSON.parse(String(line)));
    log.mockRestore();
    expect([answer.status, answer.json.code, answer.headers.get('retry-after')]).toEqual([
      503,
      'database_unavailable',
      '2',
    ]);
    expect(lines).toHaveLength(1);
    expect(lines[0].error.reason).toBe(
      'the tables are missing, and this role may not create them: run npm run db:migrate',
    );
  });
});
