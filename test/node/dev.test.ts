import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { migrationModule } from '../../scripts/bundle-migrations.ts';
import { createTables } from '../../src/db/migrations.ts';

const project = resolve(import.meta.dirname, '../..');
const PORT = '18761';
const base = `http://localhost:${PORT}`;

/** A copy of the project as git knows it: no `.dev.vars`, no data. */
let clone: string;

beforeAll(() => {
  clone = mkdtempSync(join(tmpdir(), 'taskflow-clone-'));
  chmodSync(clone, 0o755);
  const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { cwd: project, encoding: 'utf8' });
  for (const file of files.split('\n').filter((name) => name && existsSync(join(project, name)))) {
    cpSync(join(project, file), join(clone, file));
  }
  symlinkSync(join(project, 'node_modules'), join(clone, 'node_modules'));
});

afterAll(() => rmSync(clone, { recursive: true, force: true }));

function start(env: Record<string, string> = {}) {
  const child = spawn('npm', ['run', 'dev'], { cwd: clone, env: { ...process.env, PORT, ...env }, detached: true });
  let output = '';
  const collect = (chunk: Buffer) => {
    output += chunk;
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  const until = async (text: string) => {
    while (!output.includes(text) && child.exitCode === null) await new Promise((done) => setTimeout(done, 50));
    expect(output).toContain(text);
    return output;
  };
  return { child, until };
}

/** Ctrl-C goes to every process of the terminal's group. */
async function pressControlC(child: ChildProcess) {
  const exited = once(child, 'exit');
  process.kill(-(child.pid ?? 0), 'SIGINT');
  await exited;
}

async function request(token: string, method: string, path: string, body?: object) {
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
  const answer = await fetch(`${base}${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  return { status: answer.status, json: (await answer.json()) as { id: number; title: string } };
}

describe('S0 SC-007, S1 SC-006, S2 SC-001: npm run dev in a fresh clone', () => {
  test('starts the API ready to be called, and S2 US3.1: finds the tasks again after Ctrl-C and another start', async () => {
    const first = start();
    const output = await first.until('curl -s');
    const [, token = ''] = /Bearer (\S+)'/.exec(output) ?? [];
    const [, body = ''] = /-d '(.*)'/.exec(output) ?? [];
    const created = await request(token, 'POST', '/api/tasks', JSON.parse(body));
    expect(created).toMatchObject({ status: 201, json: { title: 'Buy groceries', user_id: 'user_abc123' } });
    await pressControlC(first.child);
    expect(existsSync(join(clone, '.data/postgres/postmaster.pid'))).toBe(false);
    await expect(fetch(`${base}/health`)).rejects.toThrow();

    const second = start();
    await second.until('curl -s');
    const other = execFileSync('npm', ['run', '-s', 'token', '--', 'someone'], { cwd: clone, encoding: 'utf8' }).trim();
    expect(await request(token, 'GET', '/api/tasks')).toMatchObject({ status: 200, json: [created.json] });
    expect(await request(other, 'GET', '/api/tasks')).toEqual({ status: 200, json: [] });
    await pressControlC(second.child);
  }, 120_000);

  test('made a .dev.vars of its own, with a random secret, for its owner’s eyes', () => {
    expect(readFileSync(join(clone, '.dev.vars'), 'utf8')).toMatch(/^BETTER_AUTH_SECRET=[0-9a-f]{64}$/m);
    expect(statSync(join(clone, '.dev.vars')).mode & 0o777).toBe(0o600);
  });

  test('uses a DATABASE_URL of one’s own instead of the embedded database', async () => {
    const own = start({ DATABASE_URL: inject('databaseUrl') });
    const output = await own.until('curl -s');
    expect(output).toContain('your DATABASE_URL');
    const [, token = ''] = /Bearer (\S+)'/.exec(output) ?? [];
    expect(await request(token, 'GET', '/api/tasks')).toMatchObject({ status: 200 });
    await pressControlC(own.child);
  }, 60_000);

  test('says in one line that the port is taken', async () => {
    const holder = createServer().listen(Number(PORT), 'localhost');
    await once(holder, 'listening');
    const { child, until } = start();
    await until(`Port ${PORT} is taken`);
    await once(child, 'exit');
    expect(child.exitCode).toBe(1);
    holder.close();
  }, 30_000);
});

test('S1 FR-016: what the Worker creates by itself are the newest migrations, and npm run db:migrate finds them done', async () => {
  expect(readFileSync(join(project, 'src/db/migrations.ts'), 'utf8')).toBe(migrationModule());
  const env = { ...process.env, DATABASE_URL: new URL('/created', inject('databaseUrl')).href };
  const client = new pg.Client({ connectionString: env.DATABASE_URL });
  await client.connect();
  await client.query(createTables);
  const recorded = async () => (await client.query('select hash, created_at from drizzle.__drizzle_migrations')).rows;
  const before = await recorded();
  execFileSync('npm', ['run', 'db:migrate'], { cwd: clone, env, stdio: 'pipe' });
  expect(await recorded()).toEqual(before);
  await client.end();
}, 60_000);

test('S1 SC-006, S2 SC-004, S3 FR-005: npm run db:migrate brings an empty database to the schema, and changes nothing when run again', async () => {
  const env = { ...process.env, DATABASE_URL: new URL('/empty', inject('databaseUrl')).href };
  for (const _ of [1, 2]) execFileSync('npm', ['run', 'db:migrate'], { cwd: clone, env, stdio: 'pipe' });
  const client = new pg.Client({ connectionString: env.DATABASE_URL });
  await client.connect();
  const { rows } = await client.query("select column_name from information_schema.columns where table_name = 'tasks'");
  await client.end();
  expect(rows.map(({ column_name }) => column_name).sort()).toEqual([
    'created_at',
    'description',
    'id',
    'is_completed',
    'title',
    'updated_at',
    'user_id',
    'version',
  ]);
}, 60_000);
