import { beforeAll, expect, test } from 'vitest';
import { createTables } from '../src/db/migrations.generated.ts';
import { bindings, call, databaseUrl, freshUser, overNeon } from './support/api.ts';
import { query } from './support/database.ts';
import { callAndReadLog, expectFailure } from './support/log.ts';

const role = freshUser('role');

/** @returns the URL of a database of these tests. */
const ours = (name: string) => databaseUrl(`${role}-${name}`);

/** @returns the URL of a database for the role of this name. */
const as = (name: string, password = role, database = bindings.DATABASE_URL) =>
  Object.assign(new URL(database), { username: `${role}-${name}`, password }).href;

const roles = {
  full: 'connection limit 0',
  readonly: "set default_transaction_read_only to 'on'",
  nowhere: 'set search_path to nowhere',
  elsewhere: 'set search_path to information_schema',
  bare: 'nosuperuser',
  outside: 'nologin',
};

/** @returns statements that change the tables as some other version of this program may have done. */
const changedBy = (change: string) => [
  createTables,
  change,
  "insert into drizzle.__drizzle_migrations (hash, created_at) values ('later', 9999999999999)",
];

const databases: Record<string, string[]> = {
  empty: [],
  uuids: [
    createTables,
    'alter table tasks drop constraint tasks_user_id_not_empty, alter user_id type uuid using null',
  ],
  texts: [
    createTables,
    'alter table tasks alter is_completed drop default, alter is_completed type text, drop constraint tasks_version_positive',
    'alter table tasks alter version drop default, alter version type text',
  ],
  keys: ['create table idempotency_keys (id int)'],
  enumeration: ["create type tasks as enum ('a')"],
  required: changedBy('alter table tasks add unknown int not null'),
  renamed: changedBy('alter table tasks rename description to details'),
  keyless: changedBy('alter table idempotency_keys drop constraint idempotency_keys_user_id_key_pk'),
  later: changedBy('alter table tasks add unknown int not null default 1'),
};

beforeAll(async () => {
  for (const [name, setting] of Object.entries(roles)) {
    await query(`create role "${role}-${name}" login password '${role}'`);
    if (name !== 'bare') await query(`grant all on all tables in schema public to "${role}-${name}"`);
    await query(`alter role "${role}-${name}" ${setting}`);
  }
  await query(`alter role "${role}-elsewhere" superuser`);
  for (const encoding of ['SQL_ASCII', 'LATIN1'])
    await query(
      `create database "${role}-${encoding}" encoding '${encoding}' locale_provider libc locale 'C' template template0`,
    );
  for (const [name, statements] of Object.entries(databases)) {
    await query(`create database "${role}-${name}"`);
    for (const statement of statements) await query(statement, [], `/${role}-${name}`);
  }
});

const schemaMismatch =
  'a table is not as this version needs it: it may be another program’s, or need npm run db:migrate';
const tablesMissing = 'no table of ours in the search_path, and this role may not create them: run npm run db:migrate';
const encoding = 'the encoding of the database is not UTF-8';
const noTableOfOurs = 'the migrations are recorded, but the search_path has no table of ours';

/** Over HTTP, Neon's proxy reports these without a code. */
const overHttp: Record<string, object> = { '28P01': {}, '53300': { http_status: 500 } };

test.each<[name: string, method: string, url: string, status: number, reason: string, sqlstate: string]>([
  ['a wrong password', 'GET', as('bare', 'wrong'), 503, 'password or user refused', '28P01'],
  ['a missing database', 'GET', databaseUrl('nowhere'), 503, 'the database does not exist', '3D000'],
  ['a role without connections', 'GET', as('full'), 503, 'too many connections', '53300'],
  ['a read-only role', 'POST', as('readonly'), 503, 'the database is read-only', '25006'],
  ['a role without privileges', 'GET', as('bare'), 500, 'the role lacks a privilege', '42501'],
  ['a table without our columns', 'GET', databaseUrl('broken'), 500, schemaMismatch, '42703'],
  ['a table with other types', 'GET', ours('uuids'), 500, schemaMismatch, '22P02'],
  ['columns that hold text', 'GET', ours('texts'), 500, schemaMismatch, '42883'],
  ['a table with the name of one of ours', 'GET', ours('keys'), 500, schemaMismatch, '42P07'],
  ['a type with the name of one of ours', 'GET', ours('enumeration'), 500, schemaMismatch, '42710'],
  ['a column that another version requires', 'POST', ours('required'), 500, schemaMismatch, '23502'],
  ['a column that another version has renamed', 'GET', ours('renamed'), 500, schemaMismatch, '42703'],
  ['no schema in the search_path', 'GET', as('nowhere'), 503, tablesMissing, ''],
  ['tables that the role may not create', 'GET', as('bare', role, ours('empty')), 503, tablesMissing, ''],
  ['other schemas in the search_path', 'GET', as('elsewhere'), 503, noTableOfOurs, '42P01'],
  ['the encoding LATIN1', 'GET', ours('LATIN1'), 500, encoding, '22P05'],
  ['the encoding SQL_ASCII', 'POST', ours('SQL_ASCII'), 500, encoding, '0A000'],
])(
  '%s, %s: the log names the cause, and /ready is 503 [S0 FR-010]',
  async (_, method, DATABASE_URL, status, reason, sqlstate) => {
    const codes = (overNeon && overHttp[sqlstate]) || (sqlstate ? { sqlstate } : {});
    await expectFailure(`${method} /api/tasks`, { DATABASE_URL }, [status, reason, codes]);
    if (method !== 'GET') return;
    const { response, line } = await callAndReadLog('GET /ready', { env: { DATABASE_URL } });
    expect([response.status, response.json.code]).toEqual([503, 'database_unavailable']);
    expect(line.error).toMatchObject({ code: 'database_unavailable', reason });
  },
);

test.skipIf(overNeon)('a role that may not log in: the log names the cause', async () => {
  const reason = 'the server refuses this user, or requires TLS (sslmode=require)';
  await expectFailure('GET /api/tasks', { DATABASE_URL: as('outside') }, [503, reason, { sqlstate: '28000' }]);
});

test('idempotency keys without their primary key: the log names the cause', async () => {
  const headers = { 'Idempotency-Key': 'key' };
  const request = { user: freshUser(), body: { title: 'x' }, headers, env: { DATABASE_URL: ours('keyless') } };
  const { response, line } = await callAndReadLog('POST /api/tasks', request);
  expect(response.status).toBe(500);
  expect(line.error).toEqual({ code: 'internal_error', reason: schemaMismatch, sqlstate: '42P10' });
});

test('a migration of a later version that leaves our columns usable is no obstacle', async () => {
  const [user, env] = [freshUser(), { DATABASE_URL: ours('later') }];
  const created = await call('POST /api/tasks', { user, env, body: { title: 'Buy groceries' } });
  expect(created.status).toBe(201);
  expect(await call('GET /api/tasks', { user, env })).toMatchObject({ status: 200, json: [created.json] });
  expect((await call('GET /ready', { env })).status).toBe(200);
});
