import { beforeAll, describe, expect, test } from 'vitest';
import { bindings, call, freshUser } from './support/api.ts';
import { query } from './support/database.ts';

const instants = [
  '1970-01-01T00:00:00.000Z',
  '1970-01-01T00:00:00.001Z',
  '1999-12-31T23:59:59.999Z',
  '2026-01-05T10:30:00.001Z',
  '2026-03-29T01:00:00.999Z',
  '2099-12-31T23:59:59.001Z',
  '2099-12-31T23:59:59.999Z',
];

const role = freshUser('role');
const env = { DATABASE_URL: Object.assign(new URL(bindings.DATABASE_URL), { username: role, password: role }).href };

beforeAll(() => query(`create role "${role}" login superuser password '${role}'`));

describe.each<[settings: string, Record<string, string>]>([
  ['its defaults', {}],
  ['Kathmandu and SQL, DMY', { timezone: 'Asia/Kathmandu', datestyle: 'SQL, DMY', intervalstyle: 'sql_standard' }],
  ['St John’s and German', { timezone: 'America/St_Johns', datestyle: 'German', bytea_output: 'escape' }],
  ['Chatham and Postgres, MDY', { timezone: 'Pacific/Chatham', datestyle: 'Postgres, MDY', intervalstyle: 'iso_8601' }],
  ['London and ISO, YMD', { timezone: 'Europe/London', datestyle: 'ISO, YMD', standard_conforming_strings: 'off' }],
  ['extra_float_digits 0', { extra_float_digits: '0' }],
  ['extra_float_digits -15', { extra_float_digits: '-15' }],
  ['extra_float_digits 3', { extra_float_digits: '3' }],
])('a server with %s', (_, settings) => {
  beforeAll(async () => {
    await query(`alter role "${role}" reset all`);
    for (const [name, value] of Object.entries(settings)) await query(`alter role "${role}" set ${name} to '${value}'`);
    // A pooled connection keeps the settings with which it began.
    await query('select pg_terminate_backend(pid) from pg_stat_activity where usename = $1', [role]);
  });

  test('returns stored timestamps to the millisecond, in order, whole and in pages', async () => {
    const user = freshUser();
    for (const instant of instants) {
      const sql = `insert into tasks (user_id, title, created_at, updated_at) values ($1, 'x', $2, $2)`;
      await query(sql, [user, instant]);
    }
    const newestFirst = instants.toReversed();
    const whole = await call('GET /api/tasks', { user, env });
    expect(whole.json.map(({ created_at }: { created_at: string }) => created_at)).toEqual(newestFirst);
    expect(whole.json.map(({ updated_at }: { updated_at: string }) => updated_at)).toEqual(newestFirst);
    const found = [];
    for (let path = '/api/tasks?limit=1'; path; ) {
      const { json, headers } = await call(`GET ${path}`, { user, env });
      found.push(...json);
      path = /<https:\/\/[^/]*([^>]*)>; rel="next"/.exec(headers.get('link') ?? '')?.[1] ?? '';
    }
    expect(found).toEqual(whole.json);
  });

  test('returns every task as a server with its defaults does', async () => {
    const user = freshUser();
    const send = (request: string, body?: object, headers?: Record<string, string>) =>
      call(request, { user, body, headers, env });
    const fields = { title: 'a "b" \\ c\n', description: 'E\\0\\x41 \u{1F600}' };
    const created = await send('POST /api/tasks', fields, { 'Idempotency-Key': 'k' });
    expect(created).toMatchObject({ status: 201, json: fields });
    const path = `/api/tasks/${created.json.id}`;
    const requests = [
      () => created,
      () => send('POST /api/tasks', fields, { 'Idempotency-Key': 'k' }),
      () => send(`PUT ${path}`, { ...fields, completed: true }, { 'If-Match': '"1"' }),
      () => send(`PATCH ${path}/complete`),
    ];
    for (const [at, request] of requests.entries()) {
      const response = await request();
      expect(response.status).toBe(at < 2 ? 201 : 200);
      expect(response.text).toBe((await call(`GET ${path}`, { user })).text);
    }
    expect((await send('GET /api/tasks?status=pending&limit=1')).json).toEqual([(await send(`GET ${path}`)).json]);
    expect((await send(`DELETE ${path}`)).status).toBe(204);
  });
});
