import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { getTableColumns } from 'drizzle-orm';
import { describe, expect, test, vi } from 'vitest';
import { withDatabase } from '../../scripts/database.ts';
import { freePort, startPostgres } from '../../scripts/postgres.ts';
import { createTables } from '../../src/db/migrations.generated.ts';
import { tasks } from '../../src/db/schema.ts';
import { createDatabase, query } from './database.ts';
import { cloneProject, npmRun, project } from './npm-run.ts';

const foreignVariables = {
  ...{ PGHOST: 'elsewhere.invalid', PGPORT: '1', PGUSER: 'nobody', PGPASSWORD: 'wrong', PGPASSFILE: '/nonexistent' },
  ...{ PGDATABASE: 'none', PGSSLMODE: 'verify-full', PGOPTIONS: '-c default_transaction_read_only=on' },
  ...{ PGAPPNAME: 'other', PGCLIENTENCODING: 'LATIN1' },
};

describe('npm run db:migrate', () => {
  const RECORDED = 'select hash, created_at from drizzle.__drizzle_migrations';

  test('creates the tables, and changes nothing the second time, whatever PG* variables there are [S1 SC-006, S2 SC-004, S3 FR-005]', async () => {
    const DATABASE_URL = await createDatabase('migrated');
    const expected = { status: 0, output: `The tables of ${new URL(DATABASE_URL).host}/migrated are up to date.\n` };
    const env = { ...foreignVariables, DATABASE_URL };
    expect(await npmRun(['db:migrate'], env).untilExit()).toEqual(expected);
    const recorded = await query(DATABASE_URL, RECORDED);
    const again = {
      ...env,
      DATABASE_URL: `${DATABASE_URL}?sslmode=disable&sslrootcert=system&application_name=my app`,
    };
    expect(await npmRun(['db:migrate'], again).untilExit()).toEqual(expected);
    expect(await query(DATABASE_URL, RECORDED)).toEqual(recorded);
    const columns = "select column_name as name from information_schema.columns where table_name = 'tasks'";
    const names = (await query(DATABASE_URL, columns)).map(({ name }) => name);
    const defined = Object.values(getTableColumns(tasks)).map(({ name }) => name);
    expect(names.sort()).toEqual(defined.sort());
  });

  test('finds nothing to do if the Worker has created the tables [S1 FR-016]', async () => {
    const DATABASE_URL = await createDatabase('created_by_worker');
    await query(DATABASE_URL, createTables);
    const recorded = await query(DATABASE_URL, RECORDED);
    expect((await npmRun(['db:migrate'], { DATABASE_URL }).untilExit()).status).toBe(0);
    expect(await query(DATABASE_URL, RECORDED)).toEqual(recorded);
  });

  test('gives up if a table stays locked, instead of keeping all requests waiting', async () => {
    const DATABASE_URL = await createDatabase('locked');
    await query(DATABASE_URL, createTables);
    await withDatabase(DATABASE_URL, async (client) => {
      await client.query('begin; lock table drizzle.__drizzle_migrations');
      const { status, output } = await npmRun(['db:migrate'], { DATABASE_URL }).untilExit();
      expect([status, output]).toEqual([1, expect.stringContaining('canceling statement due to lock timeout')]);
    });
  });
});

describe('the embedded PostgreSQL', () => {
  const clone = cloneProject();
  const dataOf = (name: string) => join(clone, '.data', name);

  test('is migrated by npm run db:migrate without a DATABASE_URL', async () => {
    const { status, output } = await npmRun(['db:migrate'], { DATABASE_URL: '' }, clone).untilExit();
    expect(output).toMatch(/^The tables of 127\.0\.0\.1:\d+\/taskflow are up to date\.\n$/);
    expect(status).toBe(0);
    expect(existsSync(join(dataOf('postgres'), 'postmaster.pid'))).toBe(false);
  });

  test('is served to the page of Drizzle Studio alone by npm run db:studio, and stopped with it', async () => {
    const port = String(await freePort());
    const studio = npmRun(['db:studio', '--', '--port', port], { DATABASE_URL: '' }, clone);
    await studio.until(`Studio is running at http://127.0.0.1:${port}`);
    const send = (headers: Record<string, string>) =>
      fetch(`http://127.0.0.1:${port}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', ...headers },
        body: JSON.stringify({ type: 'proxy', data: { sql: 'create table touched ()', method: 'execute' } }),
      });
    const self = `http://127.0.0.1:${port}`;
    for (const Origin of ['https://evil.example', 'null', self, 'https://local.drizzle.studio.evil'])
      expect((await send({ Origin })).status, Origin).toBe(404);
    expect((await send({})).status).toBe(404);
    const served = await send({ Origin: 'https://local.drizzle.studio' });
    expect(await served.json()).not.toMatchObject({ error: expect.anything() }); // The table did not exist.
    await studio.pressControlC();
    expect(existsSync(join(dataOf('postgres'), 'postmaster.pid'))).toBe(false);
  });

  test('has the same URL at each start, with a random password that only its owner can read', async () => {
    const first = await startPostgres(dataOf('own'));
    expect(new URL(first.url).password).toMatch(/^[0-9a-f]{32}$/);
    expect(statSync(join(dataOf('own'), 'taskflow.json')).mode & 0o777).toBe(0o600);
    await first.stop();
    const second = await startPostgres(dataOf('own'));
    expect(second.url).toBe(first.url);
    await second.stop();
    const taken = createServer();
    await new Promise<void>((done) => taken.listen(Number(new URL(first.url).port), '127.0.0.1', done));
    const third = await startPostgres(dataOf('own'));
    expect(third.url).not.toBe(first.url);
    expect(new URL(third.url).password).toBe(new URL(first.url).password);
    await third.stop();
    taken.close();
  });

  test('gives the API a role that may use the tables, whatever policies they have, and nothing else', async () => {
    const { url, apiUrl, stop } = await startPostgres(dataOf('own'));
    await query(url, createTables);
    await query(url, 'alter table tasks enable row level security');
    const about = 'select rolsuper, rolcreaterole, rolcreatedb from pg_roles where rolname = current_user';
    expect(await query(apiUrl, about)).toEqual([{ rolsuper: false, rolcreaterole: false, rolcreatedb: false }]);
    const created = await query(apiUrl, "insert into tasks (user_id, title) values ('ada', 'Tea') returning id");
    expect(created).toHaveLength(1);
    await expect(query(apiUrl, 'drop table tasks')).rejects.toThrow('must be owner of table tasks');
    await expect(query(apiUrl, 'create table mine ()')).rejects.toThrow('permission denied for schema public');
    await stop();
  });

  test('can be stopped when it has ended by itself', async () => {
    const { stop } = await startPostgres(dataOf('own'));
    const pidFile = join(dataOf('own'), 'postmaster.pid');
    process.kill(Number.parseInt(readFileSync(pidFile, 'utf8'), 10), 'SIGINT');
    await vi.waitUntil(() => !existsSync(pidFile), { timeout: 60_000 });
    await stop();
  });

  test('takes over a folder of an older version, whose password everybody knows', async () => {
    const old = await startPostgres(dataOf('own'));
    await query(old.url, 'create table kept ()');
    await query(old.url, "alter role postgres password 'taskflow'");
    await old.stop();
    rmSync(join(dataOf('own'), 'taskflow.json'));
    const { url, stop } = await startPostgres(dataOf('own'));
    expect(await query(url, 'select * from kept')).toEqual([]);
    await expect(query(url.replace(/:[0-9a-f]{32}@/, ':taskflow@'), 'select 1')).rejects.toThrow(/password/);
    await stop();
  });

  test('leaves the exit status of a program as it is: that of npm test, if a test fails', () => {
    const program = "import './scripts/postgres.ts'; process.exitCode = 3;";
    expect(spawnSync('node', ['--input-type=module', '--eval', program], { cwd: project }).status).toBe(3);
  });

  test('is refused in its own words if another major version made the data', async () => {
    writeFileSync(join(dataOf('own'), 'PG_VERSION'), '14\n');
    const message = 'The data directory was initialized by PostgreSQL version 14';
    await expect(startPostgres(dataOf('own'))).rejects.toThrow(message);
  });
});
