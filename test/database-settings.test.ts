import { beforeAll, describe, expect, test } from 'vitest';
import { type ApiResponse, bindings, call, freshUser } from './support/api.ts';
import { query } from './support/database.ts';
import { readPages } from './support/pages.ts';

const instants = [
  '1970-01-01T00:00:00.000Z',
  '1970-01-01T00:00:00.001Z',
  '1999-12-31T23:59:59.999Z',
  '2026-01-05T10:30:00.001Z',
  '2026-03-29T01:00:00.999Z',
  '2099-12-31T23:59:59.001Z',
  '2099-12-31T23:59:59.999Z',
];

describe.each<[name: string, settings: Record<string, string>]>([
  ['its defaults', {}],
  ['Kathmandu and SQL, DMY', { timezone: 'Asia/Kathmandu', datestyle: 'SQL, DMY', intervalstyle: 'sql_standard' }],
  ['St John’s and German', { timezone: 'America/St_Johns', datestyle: 'German', bytea_output: 'escape' }],
  ['Chatham and Postgres, MDY', { timezone: 'Pacific/Chatham', datestyle: 'Postgres, MDY', intervalstyle: 'iso_8601' }],
  ['London and ISO, YMD', { timezone: 'Europe/London', datestyle: 'ISO, YMD', standard_conforming_strings: 'off' }],
  ['extra_float_digits -15', { extra_float_digits: '-15' }],
])('a server with %s', (_, settings) => {
  const role = freshUser('role');
  const env = { DATABASE_URL: Object.assign(new URL(bindings.DATABASE_URL), { username: role, password: role }).href };

  beforeAll(async () => {
    await query(`create role "${role}" login in role taskflow_worker password '${role}'`);
    for (const [name, value] of Object.entries(settings)) await query(`alter role "${role}" set ${name} to '${value}'`);
  });

  test('returns stored timestamps to the millisecond, whole and in pages [S1 FR-008, S1 FR-009]', async () => {
    const user = freshUser();
    const sql = `insert into tasks (user_id, title, created_at, updated_at) values ($1, 'x', $2, $2)`;
    for (const instant of instants) await query(sql, [user, instant]);
    const newestFirst = instants.toReversed().map((instant) => ({ created_at: instant, updated_at: instant }));
    const whole = await call('GET /api/tasks', { user, env });
    expect(whole.json).toMatchObject(newestFirst);
    const pages = await readPages('/api/tasks?limit=1', { user, env });
    expect(pages.map(({ json }) => json)).toEqual(whole.json.map((task: unknown) => [task]));
  });

  test('returns every task as a server with its defaults does', async () => {
    const user = freshUser();
    const send = (request: string, body?: object, headers?: Record<string, string>) =>
      call(request, { user, body, headers, env });
    const expectStored = async (response: ApiResponse, status: number) => {
      const stored = await call(`GET /api/tasks/${response.json.id}`, { user });
      expect([response.status, response.text]).toEqual([status, stored.text]);
    };
    const fields = { title: 'a "b" \\ c\n', description: 'E\\0\\x41 \u{1F600}' };
    const created = await send('POST /api/tasks', fields, { 'Idempotency-Key': 'k' });
    expect(created.json).toMatchObject(fields);
    await expectStored(created, 201);
    await expectStored(await send('POST /api/tasks', fields, { 'Idempotency-Key': 'k' }), 201);
    const path = `/api/tasks/${created.json.id}`;
    await expectStored(await send(`PUT ${path}`, { completed: true }, { 'If-Match': '"1"' }), 200);
    await expectStored(await send(`PATCH ${path}/complete`), 200);
    await expectStored(await send(`GET ${path}`), 200);
    expect((await send(`DELETE ${path}`)).status).toBe(204);
  });
});
