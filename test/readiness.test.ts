import { afterEach, expect, test, vi } from 'vitest';
import { call, databaseUrl, overNeon } from './support/api.ts';
import { createDatabase, query, recordStatements } from './support/database.ts';
import { callAndReadLog } from './support/log.ts';

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** A configuration that no other test has, so that its result is not cached yet. */
const freshDatabase = (name: string) => ({
  DATABASE_URL: `${databaseUrl(name)}?application_name=${crypto.randomUUID()}`,
});

test.runIf(overNeon)('/ready asks the database once in 5 seconds, however often it is called', async () => {
  const env = freshDatabase('taskflow');
  const statements = recordStatements();
  vi.setSystemTime(Date.now());
  for (let i = 0; i < 20; i++)
    expect(await call('GET /ready', { env })).toMatchObject({ status: 200, text: '{"status":"ok"}' });
  expect(statements).toHaveLength(1);
  vi.setSystemTime(Date.now() + 5_001);
  expect((await call('GET /ready', { env })).status).toBe(200);
  expect(statements).toHaveLength(2);
});

test('/ready remembers a failure for 5 seconds, and then asks again', async () => {
  const name = `late_${crypto.randomUUID().replaceAll('-', '')}`;
  const env = freshDatabase(name);
  expect((await call('GET /ready', { env })).status).toBe(503);
  await query(`create database ${name}`);
  expect((await call('GET /ready', { env })).status).toBe(503);
  vi.setSystemTime(Date.now() + 5_001);
  expect((await call('GET /ready', { env })).status).toBe(200);
});

test('/ready is 503 where a table of the database is not ours, and the log says so', async () => {
  const { response, line } = await callAndReadLog('GET /ready', { env: freshDatabase('broken') });
  expect({ status: response.status, json: response.json }).toEqual({
    status: 503,
    json: { detail: 'The database is unavailable', code: 'database_unavailable' },
  });
  expect(line.error).toMatchObject({
    sqlstate: '42703',
    reason: expect.stringContaining('not as this version needs it'),
  });
});

test('/ready is 503 where the database is not in UTF-8, and the log says so', async () => {
  const name = await createDatabase("encoding 'LATIN1' locale_provider 'libc' locale 'C' template template0");
  const { response, line } = await callAndReadLog('GET /ready', { env: freshDatabase(name) });
  expect(response.status).toBe(503);
  expect(line.error).toMatchObject({ reason: 'the encoding of the database is not UTF-8' });
});
