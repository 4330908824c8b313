import { expect, test, vi } from 'vitest';
import { entries } from '../drizzle/meta/_journal.json';
import { call, databaseUrl, freshUser, overNeon } from './support/api.ts';
import { createDatabase, query } from './support/database.ts';

test('the first requests create the tables once, however many arrive at once, and all succeed [S1 FR-016]', async () => {
  const name = await createDatabase();
  const env = { DATABASE_URL: databaseUrl(name) };
  const responses = await Promise.all(
    Array.from({ length: 20 }, async (_, i) => {
      const user = freshUser();
      return i % 2 === 0
        ? call('POST /api/tasks', { user, env, body: { title: 'first' }, headers: { 'Idempotency-Key': 'k' } })
        : call('GET /api/tasks', { user, env });
    }),
  );
  expect(responses.map(({ status }) => status).sort()).toEqual([...Array(10).fill(200), ...Array(10).fill(201)]);
  const recorded = await query('select hash, created_at from drizzle.__drizzle_migrations order by id', [], `/${name}`);
  expect(recorded).toEqual(
    entries.map(({ when }) => ({ hash: expect.stringMatching(/^[0-9a-f]{64}$/), created_at: String(when) })),
  );
});

test.runIf(overNeon)(
  'a request that the database fails first, and which then finds no tables, creates them',
  async () => {
    const env = { DATABASE_URL: databaseUrl(await createDatabase()) };
    vi.spyOn(globalThis, 'fetch').mockRejectedValueOnce(new Error('Network connection lost.'));
    expect(await call('GET /api/tasks', { user: freshUser(), env })).toMatchObject({ status: 200, text: '[]' });
  },
);
