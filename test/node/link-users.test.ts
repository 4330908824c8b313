import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { migrateDatabase, withDatabase } from '../../scripts/database.ts';
import { linkUsers, unlinkUsers } from '../../scripts/user-link.ts';

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
  await query(`create database linked`, [], inject('databaseUrl'));
  await migrateDatabase(url);
  await (await getMigrations(options)).runMigrations();
});

afterAll(() => pool.end());

beforeEach(async () => {
  await run('unlink');
  await query('truncate tasks, idempotency_keys');
});

async function query(statement: string, values: unknown[] = [], database = url): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: database });
  await client.connect();
  return client
    .query(statement, values)
    .then(({ rows }) => rows)
    .finally(() => client.end());
}

/** Does what the command does, and tells its status and what it prints. */
async function run(action: 'link' | 'unlink', users?: string, database = url) {
  try {
    const act = (client: pg.Client) => (action === 'link' ? linkUsers(client, users) : unlinkUsers(client));
    return { status: 0, stdout: await withDatabase(database, act), stderr: '' };
  } catch (error) {
    return { status: 1, stdout: '', stderr: (error as Error).message };
  }
}

/** Runs the command as `npm run` does. */
async function runScript(args: string[], env: Record<string, string | undefined>) {
  const script = resolve(import.meta.dirname, '../../scripts/link-users.ts');
  const child = spawn(process.execPath, [script, ...args], { env: { ...process.env, ...env } });
  const exited = new Promise<number | null>((done) => child.once('exit', done));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { status: await exited, stdout, stderr };
}

async function signUp() {
  const body = { name: 'Ada', email: `${crypto.randomUUID()}@example.com`, password: 'correct horse battery staple' };
  const { headers, response } = await auth.api.signUpEmail({ body, returnHeaders: true });
  const cookie = headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  return { id: response.user.id, password: body.password, headers: new Headers({ cookie }) };
}

async function createTask(user: string, key = crypto.randomUUID()) {
  const [task] = await query(`insert into tasks (user_id, title) values ($1, 'x') returning id`, [user]);
  await query(`insert into idempotency_keys (user_id, key, fingerprint, task_id) values ($1, $2, '', $3)`, [
    user,
    key,
    task?.id,
  ]);
}

const owned = async (user: string) =>
  (
    await query(
      `select (select count(*)::int from tasks where user_id = $1) as tasks,
        (select count(*)::int from idempotency_keys where user_id = $1) as keys`,
      [user],
    )
  )[0];

const constraints = () =>
  query(`select conrelid::regclass::text as on, confdeltype as on_delete, convalidated as validated
    from pg_constraint where contype = 'f' and confrelid = '"user"'::regclass and conname like '%_user_id_fk' order by 1`);

const LINKED = [
  { on: 'idempotency_keys', on_delete: 'c', validated: true },
  { on: 'tasks', on_delete: 'c', validated: true },
];

describe('S2 SC-004: npm run db:link-users, beside the tables that Better Auth made', () => {
  test('makes tasks and idempotency keys go with a user whom Better Auth deletes, and with nobody else', async () => {
    const [leaving, staying] = [await signUp(), await signUp()];
    await Promise.all([createTask(leaving.id), createTask(leaving.id), createTask(staying.id)]);
    expect(await run('link')).toEqual({
      status: 0,
      stdout: 'Linked: whoever is deleted from "user" loses their tasks with it, and nobody else can create any.',
      stderr: '',
    });
    expect(await constraints()).toEqual(LINKED);
    await auth.api.deleteUser({ body: { password: leaving.password }, headers: leaving.headers });
    expect(await owned(leaving.id)).toEqual({ tasks: 0, keys: 0 });
    expect(await owned(staying.id)).toEqual({ tasks: 1, keys: 1 });
    await query('delete from "user" where id = $1', [staying.id]);
    expect(await owned(staying.id)).toEqual({ tasks: 0, keys: 0 });
  });

  test('refuses a task of a user who is not there, from then on', async () => {
    await run('link');
    await expect(createTask('nobody')).rejects.toMatchObject({ code: '23503', constraint: 'tasks_user_id_fk' });
  });

  test('changes nothing when run again', async () => {
    await run('link');
    expect(await run('link')).toEqual({
      status: 0,
      stdout: 'Nothing to do: tasks are linked to "user" already.',
      stderr: '',
    });
    expect(await constraints()).toEqual(LINKED);
  });

  test('finishes what an earlier run was kept from: a constraint that was not checked yet', async () => {
    await query(`alter table tasks add constraint tasks_user_id_fk foreign key (user_id)
      references "user" (id) on delete cascade not valid`);
    expect((await run('link')).status).toBe(0);
    expect(await constraints()).toEqual(LINKED);
  });

  test('names at most 20 of the users that are missing, with their tasks, and changes nothing', async () => {
    const { id } = await signUp();
    await createTask(id);
    await createTask('ghost-with-two');
    await createTask('ghost-with-two');
    for (let i = 10; i < 35; i++) await createTask(`ghost-${i}`);
    const { status, stdout, stderr } = await run('link');
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr.split('\n')).toEqual([
      'Not linked, and nothing was changed: tasks of 26 user(s) who are not in "user":',
      '  ghost-with-two: 2 task(s)',
      ...Array.from({ length: 19 }, (_, i) => `  ghost-${i + 10}: 1 task(s)`),
      '  … and 6 more',
      'Add these users, or delete what is theirs, and run npm run db:link-users again:',
      '  delete from tasks where user_id not in (select id from "user");',
      '  delete from idempotency_keys where user_id not in (select id from "user");',
    ]);
    expect(await constraints()).toEqual([]);
    expect(await owned('ghost-with-two')).toEqual({ tasks: 2, keys: 2 });
  });

  test('can be mended as it says, and then links', async () => {
    await createTask('ghost');
    const { stderr } = await run('link');
    await query(stderr.split('\n').slice(-2).join('\n'));
    expect((await run('link')).status).toBe(0);
  });

  test('gives up after 3 s where another transaction holds the table, and changes nothing', async () => {
    const holder = new pg.Client({ connectionString: url });
    await holder.connect();
    await holder.query('begin; lock table tasks in row exclusive mode');
    const answer = await run('link');
    await holder.end();
    expect(answer).toEqual({
      status: 1,
      stdout: '',
      stderr: 'Another transaction has held the tables for 3s: try again when it has ended',
    });
    expect(await constraints()).toEqual([]);
  });

  test('takes another name of the table, spelled as in SQL', async () => {
    await query('create schema auth; create table auth."Users" (id text primary key)');
    expect(await run('link', 'auth."Users"')).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^Linked: .* auth\."Users"/),
    });
    expect(await run('link')).toMatchObject({
      status: 1,
      stderr: 'tasks are linked to auth."Users" already: run npm run db:unlink-users first',
    });
    await run('unlink');
    await query('drop schema auth cascade');
  });

  test.each([
    [
      'create table odd (id integer primary key)',
      'The ids in odd are of the type integer, those in tasks are text: they cannot be linked',
    ],
    [
      'create table odd (id uuid primary key)',
      'The ids in odd are of the type uuid, those in tasks are text: they cannot be linked',
    ],
    ['create table odd (id text)', 'The column "id" of odd is neither its primary key nor unique'],
    ['create table odd (name text)', 'odd has no column "id", and is no table of Better Auth'],
  ])('says why a table cannot be linked: %s', async (statement, stderr) => {
    await query(statement);
    expect(await run('link', 'odd')).toEqual({ status: 1, stdout: '', stderr });
    await query('drop table odd');
  });

  test('says that there is no table of users, or no tasks yet', async () => {
    await query('create database unlinked', [], inject('databaseUrl'));
    const elsewhere = new URL('/unlinked', url).href;
    expect((await run('link', undefined, elsewhere)).stderr).toBe(
      'The database "unlinked" has no tasks yet: run npm run db:migrate first',
    );
    await migrateDatabase(elsewhere);
    expect((await run('link', undefined, elsewhere)).stderr).toBe(
      `The database "unlinked" has no table "user": Better Auth keeps its users elsewhere, and there is nothing to link. Under another name: npm run db:link-users -- '<table>'`,
    );
  });
});

describe('the commands', () => {
  test('print what was done, and nothing else', async () => {
    const env = { DATABASE_URL: url };
    expect(await runScript(['link'], env)).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^Linked: .*\n$/),
      stderr: '',
    });
    expect(await runScript(['unlink'], env)).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^Unlinked: .*\n$/),
      stderr: '',
    });
  });

  test.each(['link', 'unlink'])('say in one line that %s needs a DATABASE_URL', async (action) => {
    expect(await runScript([action], { DATABASE_URL: undefined })).toEqual({
      status: 1,
      stdout: '',
      stderr: `DATABASE_URL is not set. Name the database: DATABASE_URL='postgresql://…' npm run db:${action}-users\n`,
    });
  });
});

describe('S2 SC-004: npm run db:unlink-users', () => {
  test('lets tasks stay when their user goes, and changes nothing when run again', async () => {
    const { id } = await signUp();
    await createTask(id);
    await run('link');
    expect(await run('unlink')).toEqual({
      status: 0,
      stdout: 'Unlinked: tasks stay when their user is deleted.',
      stderr: '',
    });
    expect(await run('unlink')).toMatchObject({
      status: 0,
      stdout: 'Nothing to do: tasks are not linked to any table of users.',
    });
    await query('delete from "user" where id = $1', [id]);
    expect(await owned(id)).toEqual({ tasks: 1, keys: 1 });
  });
});
