import { expect, test, vi } from 'vitest';
import { call, databaseUrl, overNeon } from './support/api.ts';
import { query, recordStatements } from './support/database.ts';
import { expectError } from './support/expectations.ts';

/** A configuration that no other test has, so that its result is not cached yet. */
const freshDatabase = (name: string) => ({
  DATABASE_URL: `${databaseUrl(name)}?application_name=${crypto.randomUUID()}`,
});

test.runIf(overNeon)(
  '/ready asks the database once in 5 seconds, however often it is called [S0 FR-010, S1 FR-006, S3 FR-004]',
  async () => {
    const env = freshDatabase('taskflow');
    const statements = recordStatements();
    vi.setSystemTime(Date.now());
    for (let i = 0; i < 20; i++)
      expect(await call('GET /ready', { env })).toMatchObject({ status: 200, text: '{"status":"ok"}' });
    expect(statements).toHaveLength(1);
    vi.setSystemTime(Date.now() + 5_001);
    expect((await call('GET /ready', { env })).status).toBe(200);
    expect(statements).toHaveLength(2);
  },
);

test('/ready remembers a failure for 5 seconds, and then asks again [S0 EC2, S1 EC1]', async () => {
  const name = `late_${crypto.randomUUID().replaceAll('-', '')}`;
  const env = freshDatabase(name);
  const failed = await call('GET /ready', { env });
  expectError(failed, 'database_unavailable');
  expect(failed.headers.get('retry-after')).toBe('2');
  await query(`create database ${name}`);
  expect((await call('GET /ready', { env })).status).toBe(503);
  vi.setSystemTime(Date.now() + 5_001);
  expect((await call('GET /ready', { env })).status).toBe(200);
});
