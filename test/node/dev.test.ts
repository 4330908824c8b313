import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { migrationModule } from '../../scripts/bundle-migrations.ts';
import { createTables } from '../../src/db/migrations.generated.ts';

const project = resolve(import.meta.dirname, '../..');
const PORT = '18761';
const base = `http://localhost:${PORT}`;
const READY = 'Changes under src/ are taken over at once; Ctrl-C stops everything. Each request is one line below:';

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

function start(env: Record<string, string> = {}, script = 'dev') {
  const child = spawn('npm', ['run', script], {
    cwd: clone,
    env: { ...process.env, PORT, NPM_CONFIG_LOGLEVEL: 'error', ...env },
    detached: true,
  });
  let output = '';
  const collect = (chunk: Buffer) => {
    output += chunk;
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  const until = async (text: string, after = 0) => {
    while (!output.includes(text, after) && child.exitCode === null) await new Promise((done) => setTimeout(done, 50));
    expect(output.slice(after)).toContain(text);
    return output;
  };
  /** What it printed until it ended, without npm's own lines. */
  const untilExit = async () => {
    await once(child, 'close');
    return output.split('\n').filter((line) => line && !line.startsWith('> '));
  };
  return { child, until, untilExit };
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
    const output = await first.until(READY);
    const [, token = ''] = /Bearer (\S+)'/.exec(output) ?? [];
    const [, body = ''] = /-d '(.*)'/.exec(output) ?? [];
    const created = await request(token, 'POST', '/api/tasks', JSON.parse(body));
    expect(created).toMatchObject({ status: 201, json: { title: 'Buy groceries', user_id: 'user_abc123' } });
    await pressControlC(first.child);
    expect(existsSync(join(clone, '.data/postgres/postmaster.pid'))).toBe(false);
    await expect(fetch(`${base}/health`)).rejects.toThrow();

    const second = start();
    await second.until(READY);
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
    const output = await own.until(READY);
    const { host, pathname } = new URL(inject('databaseUrl'));
    expect(output).toContain(`Database      your DATABASE_URL, ${host}${pathname} (`);
    const [, token = ''] = /Bearer (\S+)'/.exec(output) ?? [];
    expect(await request(token, 'GET', '/api/tasks')).toMatchObject({ status: 200 });
    await pressControlC(own.child);
  }, 60_000);

  test('runs with the wrangler.toml of a deployment: Hyperdrive bound, and variables of its own', async () => {
    const file = join(clone, 'wrangler.toml');
    const toml = readFileSync(file, 'utf8');
    const deployed = toml
      .replace(/^# (\[\[hyperdrive\]\]\n)# (binding .*\n)# (id .*\n)/m, '$1$2$3')
      .replace(
        '[vars]\n',
        '[vars]\nJWT_ISSUER = "https://app.example.com"\nCORS_ORIGINS = "https://app.example.com"\n',
      );
    expect(deployed).toContain('\n[[hyperdrive]]\n');
    writeFileSync(file, deployed);
    const dev = start();
    const [, token = ''] = /Bearer (\S+)'/.exec(await dev.until(READY)) ?? [];
    expect(await request(token, 'POST', '/api/tasks', { title: 'by Hyperdrive' })).toMatchObject({ status: 201 });
    await pressControlC(dev.child);
    writeFileSync(file, toml);
  }, 60_000);

  test('runs without a secret, where published keys count alone, and says that tokens come from the frontend', async () => {
    const file = join(clone, '.dev.vars');
    const devVars = readFileSync(file, 'utf8');
    writeFileSync(file, 'BETTER_AUTH_URL=http://localhost:3000\n');
    const dev = start();
    const output = await dev.until(READY);
    expect(output).toContain('Token         from the frontend: .dev.vars has no BETTER_AUTH_SECRET to sign one with\n');
    expect(output).not.toContain('Bearer');
    expect((await fetch(`${base}/ready`)).status).toBe(200);
    await pressControlC(dev.child);
    writeFileSync(file, devVars);
  }, 60_000);

  test('prints the addresses, a token, a command and one line for each request, and nothing else', async () => {
    const dev = start();
    await dev.until(READY);
    expect((await fetch(`${base}/docs`)).status).toBe(200);
    const output = await dev.until('"/docs"');
    await pressControlC(dev.child);
    const [, token = ''] = /Bearer (\S+)'/.exec(output) ?? [];
    const [request = '', ...lines] = (await output).split('\n').filter(Boolean).reverse();
    expect(lines.reverse()).toEqual([
      '> taskflow-api@0.1.0 dev',
      '> node scripts/dev.ts',
      `TaskFlow API  ${base}`,
      `Docs          ${base}/docs`,
      'Database      an embedded PostgreSQL, its data in .data/postgres (to look into it: npm run db:studio)',
      'Token         for the sample user user_abc123, valid for 30 days (another: npm run token -- <user id>):',
      token,
      'Create a task:',
      `curl -s ${base}/api/tasks -H 'Authorization: Bearer ${token}' -H 'Content-Type: application/json' -d '{"title":"Buy groceries"}'`,
      READY,
    ]);
    expect(JSON.parse(request)).toMatchObject({ level: 'info', method: 'GET', route: '/docs', status: 200 });
  }, 60_000);

  test('takes over a change, shows what is wrong with one that does not build, and goes on with the next', async () => {
    const dev = start();
    await dev.until(READY);
    const file = join(clone, 'src/index.ts');
    const code = readFileSync(file, 'utf8');
    writeFileSync(file, `${code}const (`);
    const broken = await dev.until('Requests wait until a change mends this.');
    expect(broken).toContain('Expected identifier but found "("');
    expect(broken).toContain('src/index.ts:');
    writeFileSync(file, code.replace("status: 'ok'", "status: 'changed'"));
    await dev.until('Reloaded.');
    expect(await (await fetch(`${base}/health`)).json()).toEqual({ status: 'changed' });
    writeFileSync(file, `${code}throw new Error('at the start');`);
    await dev.until('at the start');
    await dev.until('Requests wait until a change mends this.', broken.length);
    writeFileSync(file, code);
    expect(await (await fetch(`${base}/health`)).json()).toEqual({ status: 'ok' });
    await pressControlC(dev.child);
  }, 60_000);

  test('says in one line that another one uses the data', async () => {
    const first = start();
    await first.until(READY);
    const second = start({ PORT: '18762' });
    expect(await second.untilExit()).toEqual([
      expect.stringMatching(
        /^\S+\/\.data\/postgres is in use by another PostgreSQL: stop the other npm run dev or, where there is none, kill \d+$/,
      ),
    ]);
    expect(second.child.exitCode).toBe(1);
    expect((await fetch(`${base}/ready`)).status).toBe(200);
    await pressControlC(first.child);
  }, 60_000);

  test('says in one line that the port is taken, on either address of localhost', async () => {
    for (const address of ['127.0.0.1', '::1']) {
      const holder = createServer().listen(Number(PORT), address);
      await once(holder, 'listening');
      const { child, untilExit } = start();
      expect(await untilExit()).toEqual([
        `Port ${PORT} is taken: stop what listens there, or choose another with PORT=8001 npm run dev`,
      ]);
      expect(child.exitCode).toBe(1);
      await once(holder.close(), 'close');
    }
  }, 30_000);

  test.each(['web', '0', '65536', '80.5'])('says in one line that PORT=%s is no port', async (PORT) => {
    const { child, untilExit } = start({ PORT });
    expect(await untilExit()).toEqual([`PORT must be a whole number from 1 to 65535, and is "${PORT}"`]);
    expect(child.exitCode).toBe(1);
  });

  test('says in one line that nothing answers at a DATABASE_URL of one’s own, and not its password', async () => {
    const { child, untilExit } = start({ DATABASE_URL: 'postgresql://me:geheim@127.0.0.1:1/mine' });
    expect(await untilExit()).toEqual([
      'The database of DATABASE_URL cannot be used: nothing listens at 127.0.0.1:1: start PostgreSQL there, or correct the address',
    ]);
    expect(child.exitCode).toBe(1);
  }, 30_000);

  test('npm run db:studio shows the database without npm run dev, to this computer alone', async () => {
    const studio = start({}, 'db:studio');
    await studio.until('https://local.drizzle.studio');
    while (!(await fetch('http://127.0.0.1:4983').catch(() => undefined)))
      await new Promise((done) => setTimeout(done, 100));
    await pressControlC(studio.child);
    expect(existsSync(join(clone, '.data/postgres/postmaster.pid'))).toBe(false);
  }, 30_000);

  test('npm run db:studio changes nothing in a DATABASE_URL of one’s own', async () => {
    const DATABASE_URL = new URL('/postgres', inject('databaseUrl')).href;
    const studio = start({ DATABASE_URL }, 'db:studio');
    await studio.until('https://local.drizzle.studio');
    await pressControlC(studio.child);
    const client = new pg.Client({ connectionString: DATABASE_URL });
    await client.connect();
    const { rows } = await client.query("select to_regclass('public.tasks') as tasks");
    await client.end();
    expect(rows).toEqual([{ tasks: null }]);
  }, 30_000);
});

test('S1 FR-016: what the Worker creates by itself are the newest migrations, and npm run db:migrate finds them done', async () => {
  expect(readFileSync(join(project, 'src/db/migrations.generated.ts'), 'utf8')).toBe(migrationModule());
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

test('npm run db:migrate says in one line that it needs a DATABASE_URL', async () => {
  const { child, untilExit } = start({ DATABASE_URL: '' }, 'db:migrate');
  expect(await untilExit()).toEqual([
    "DATABASE_URL is not set. Name the database: DATABASE_URL='postgresql://…' npm run db:migrate",
  ]);
  expect(child.exitCode).toBe(1);
});

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
