import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, inject, test, vi } from 'vitest';
import { migrateDatabase, withDatabase } from '../../scripts/database.ts';
import { linkUsers, unlinkUsers } from '../../scripts/link-users.ts';
import { startApi } from './api.ts';
import { createDatabase, query as queryAt } from './database.ts';

const url = new URL('/linked', inject('databaseUrl')).href;
const pool = new pg.Pool({ connectionString: url });

/** Better Auth with its tables in the API's own database, as one Neon project for both would have them. */
const options = {
  baseURL: 'http://localhost:3000',
  secret: 'a-secret-of-better-auth-7d1f0c93',
  database: pool,
  emailAndPassword: { enabled: true },
  user: { deleteUser: { enabled: true } },
  telemetry: { enabled: false },
};
const auth = betterAuth(options);

beforeAll(async () => {
  await createDatabase('linked');
  await migrateDatabase(url);
  await (await getMigrations(options)).runMigrations();
});

afterAll(() => pool.end());

beforeEach(async () => {
  await unlink();
  await query('truncate tasks, idempotency_keys');
});

const query = (statement: string, values?: unknown[]) => queryAt(url, statement, values);

const link = (users?: string) => withDatabase(url, (client) => linkUsers(client, users));
const unlink = () => withDatabase(url, unlinkUsers);

async function signUp() {
  const body = { name: 'Ada', email: `${crypto.randomUUID()}@example.com`, password: 'correct horse battery staple' };
  const { headers, response } = await auth.api.signUpEmail({ body, returnHeaders: true });
  const cookie = headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  return { id: response.user.id, password: body.password, headers: new Headers({ cookie }) };
}

async function createTask(user: string) {
  const [task] = await query(`insert into tasks (user_id, title) values ($1, 'x') returning id`, [user]);
  const sql = `insert into idempotency_keys (user_id, key, fingerprint, task_id) values ($1, $2, '', $3)`;
  await query(sql, [user, crypto.randomUUID(), task?.id]);
}

const owned = async (user: string) => {
  const sql = `select (select count(*)::int from tasks where user_id = $1) as tasks,
    (select count(*)::int from idempotency_keys where user_id = $1) as keys`;
  return (await query(sql, [user]))[0];
};

const constraints = () =>
  query(`select conrelid::regclass::text as on, confdeltype as on_delete, convalidated as validated
    from pg_constraint where contype = 'f' and confrelid = '"user"'::regclass and conname like '%_user_id_fk' order by 1`);

const LINKED = [
  { on: 'idempotency_keys', on_delete: 'c', validated: true },
  { on: 'tasks', on_delete: 'c', validated: true },
];

test('tasks and idempotency keys go with a user whom Better Auth deletes, and with nobody else [S2 SC-004]', async () => {
  const [leaving, staying] = [await signUp(), await signUp()];
  await Promise.all([createTask(leaving.id), createTask(leaving.id), createTask(staying.id)]);
  await link();
  expect(await constraints()).toEqual(LINKED);
  await auth.api.deleteUser({ body: { password: leaving.password }, headers: leaving.headers });
  expect(await owned(leaving.id)).toEqual({ tasks: 0, keys: 0 });
  expect(await owned(staying.id)).toEqual({ tasks: 1, keys: 1 });
});

test('the token of a deleted user creates no task, and gets 401, with an Idempotency-Key or without [S2 SC-004]', async () => {
  await link();
  const { lines, send } = await startApi('deleted', url, { name: 'deleted-user' });
  for (const headers of [{}, { 'Idempotency-Key': 'once' }]) {
    const response = await send('POST', '/api/tasks', { title: 'Buy groceries' }, headers);
    expect([response.status, response.json]).toEqual([401, { detail: 'Invalid token', code: 'invalid_token' }]);
    const challenge = 'Bearer realm="taskflow", error="invalid_token", error_description="the user no longer exists"';
    expect(response.headers.get('WWW-Authenticate')).toBe(challenge);
  }
  await vi.waitUntil(() => lines.length === 2, { timeout: 60_000 });
  const error = { code: 'invalid_token', reason: 'the user no longer exists' };
  expect(lines.map((line) => JSON.parse(line))).toMatchObject(Array(2).fill({ level: 'info', error }));
  expect(await owned('deleted')).toEqual({ tasks: 0, keys: 0 });
});

test('linking again changes nothing, and validates a constraint that an earlier run left unvalidated', async () => {
  await query(`alter table tasks add constraint tasks_user_id_fk foreign key (user_id)
    references "user" (id) on delete cascade not valid`);
  await link();
  await link();
  expect(await constraints()).toEqual(LINKED);
});

test('tasks of users who are missing keep the tables from being linked', async () => {
  await createTask('ghost');
  await expect(link()).rejects.toThrow('These users have rows here, but are not in "user": ghost');
  expect(await constraints()).toEqual([]);
  expect(await owned('ghost')).toEqual({ tasks: 1, keys: 1 });
});

test('a table that another transaction holds is given up, and nothing changes', async () => {
  await withDatabase(url, async (holder) => {
    await holder.query('begin; lock table tasks in row exclusive mode');
    await expect(link()).rejects.toThrow('canceling statement due to lock timeout');
  });
  expect(await constraints()).toEqual([]);
});

test('the table of users may have another name, spelled as in SQL', async () => {
  await query('create schema auth; create table auth."Users" (id text primary key)');
  await link('auth."Users"');
  await expect(createTask('nobody')).rejects.toMatchObject({ code: '23503' });
  await unlink();
  await query('drop schema auth cascade');
});

test('unlinked, tasks stay when their user goes', async () => {
  const { id } = await signUp();
  await createTask(id);
  await link();
  await unlink();
  await query('delete from "user" where id = $1', [id]);
  expect(await owned(id)).toEqual({ tasks: 1, keys: 1 });
});
