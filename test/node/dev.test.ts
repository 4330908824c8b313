import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, test } from 'vitest';
import { cloneProject, npmRun } from './npm-run.ts';

const READY = 'Each request is logged below:\n';

const BUILD_ERROR = /^\s*✘ \[ERROR\] Expected identifier but found "="\n\n {4}src\/app.ts:/;

const DEAD = 'http://127.0.0.1:1';

/** What the environment may hold for other programs. */
const foreignVariables = {
  ...{ PGSSLMODE: 'verify-full', PGHOST: 'x.invalid', PGPORT: '1', PGDATA: '/none', PGOPTIONS: '-c x=y' },
  ...{ HTTP_PROXY: DEAD, HTTPS_PROXY: DEAD, http_proxy: DEAD, https_proxy: DEAD, NODE_USE_ENV_PROXY: '1' },
  ...{ NODE_ENV: 'production', LC_ALL: 'tr_TR.UTF-8', TZ: 'Asia/Kathmandu' },
};

const clone = cloneProject();

const postgresRuns = () => existsSync(join(clone, '.data/postgres/postmaster.pid'));

const run = (env: Record<string, string> = {}, script = ['dev']) => npmRun(script, { PORT: '0', ...env }, clone);

/** Starts the development server on a free port. */
async function startDev(env?: Record<string, string>) {
  const dev = run(env);
  const output = await dev.until(READY);
  const [, url = ''] = /^TaskFlow API {2}(\S+)$/m.exec(output) ?? [];
  const [, databaseUrl = ''] = /^Database {6}(postgres:\S+), data/m.exec(output) ?? [];
  const [, token = ''] = /Bearer (\S+)'/.exec(output) ?? [];
  return { ...dev, output, url, databaseUrl, token };
}

async function send(url: string, token: string, method: string, path: string, body?: object) {
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
  const response = await fetch(url + path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  return { status: response.status, json: await response.json() };
}

/** Replaces a file of the clone while `use` runs. */
async function withFile(name: string, content: (original: string) => string, use: () => Promise<void>): Promise<void> {
  const file = join(clone, name);
  const original = readFileSync(file, 'utf8');
  writeFileSync(file, content(original));
  await use();
  writeFileSync(file, original);
}

describe('npm run dev in a fresh clone', () => {
  /** What the first start has stored, and which URL it has printed. */
  let task: unknown;
  let databaseUrl: string;

  test('prints the addresses, a token, a command and one line per request, whatever the environment says to other programs [S0 SC-007, S2 SC-001]', async () => {
    const dev = await startDev(foreignVariables);
    const [, body = ''] = /-d '(.*)'/.exec(dev.output) ?? [];
    const created = await send(dev.url, dev.token, 'POST', '/api/tasks', JSON.parse(body));
    expect(created).toMatchObject({ status: 201, json: { title: 'Buy groceries', user_id: 'user_abc123' } });
    [task, databaseUrl] = [created.json, dev.databaseUrl];
    await dev.until('"method":"POST"');
    expect((await fetch(`${dev.url}/docs`)).status).toBe(200);
    const output = await dev.until('"/docs"');
    await dev.pressControlC();
    expect(postgresRuns()).toBe(false);
    const lines = output.split('\n').filter(Boolean);
    const [get, post] = [lines.pop(), lines.pop()].map((line) => JSON.parse(line ?? ''));
    expect(get).toMatchObject({ level: 'info', method: 'GET', route: '/docs', status: 200 });
    expect(post).toMatchObject({ level: 'info', method: 'POST', route: '/api/tasks', status: 201 });
    expect(lines).toEqual([
      'Starting PostgreSQL in .data/postgres …',
      'Building the Worker …',
      `TaskFlow API  ${dev.url}`,
      `Docs          ${dev.url}/docs`,
      `Database      ${dev.databaseUrl}, data in .data/postgres`,
      'Token         for the user user_abc123, valid for 30 days (for others: npm run token -- <user id>)',
      dev.token,
      'Create a task:',
      `curl -s ${dev.url}/api/tasks -H 'Authorization: Bearer ${dev.token}' -H 'Content-Type: application/json' -d '{"title":"Buy groceries"}'`,
      `Changes in src/ are loaded at once. Press Ctrl-C to stop. ${READY.trim()}`,
    ]);
  });

  test('creates .dev.vars with a random secret, readable only by its owner', () => {
    expect(readFileSync(join(clone, '.dev.vars'), 'utf8')).toMatch(/^BETTER_AUTH_SECRET=[0-9a-f]{64}$/m);
    expect(statSync(join(clone, '.dev.vars')).mode & 0o777).toBe(0o600);
  });

  describe('started again', () => {
    let dev: Awaited<ReturnType<typeof startDev>>;

    test('finds its tasks, which other users do not see, at the same database URL [S2 US3.1]', async () => {
      dev = await startDev();
      expect(dev.databaseUrl).toBe(databaseUrl);
      expect(await send(dev.url, dev.token, 'GET', '/api/tasks')).toEqual({ status: 200, json: [task] });
      const { output: otherToken } = await run({}, ['token', '--', 'someone']).untilExit();
      expect(await send(dev.url, otherToken.trim(), 'GET', '/api/tasks')).toEqual({ status: 200, json: [] });
    });

    test('refuses every one of 20 bodies of 5 MB in a row, although it reads none of them', async () => {
      for (let i = 0; i < 20; i++) {
        const refused = await send(dev.url, 'no-token', 'POST', '/api/tasks', { title: 'x'.repeat(5_000_000) });
        expect(refused).toMatchObject({ status: 401, json: { code: 'invalid_token' } });
      }
    });

    test('reloads after a change, and prints build errors', async () => {
      const change = (from: string, to: string) => (code: string) => code.replace(from, to);
      let printed = (await dev.until('')).length;
      await withFile('src/app.ts', change('export const app', 'export const = app'), async () => {
        const output = await dev.until('export const = app', printed);
        expect(output.slice(printed)).toMatch(BUILD_ERROR);
        printed = output.length;
      });
      printed = (await dev.until('Reloaded.', printed)).length;
      await withFile('src/app.ts', change("{ status: 'ok' }", "{ status: 'changed' }"), async () => {
        printed = (await dev.until('Reloaded.', printed)).length;
        expect(await (await fetch(`${dev.url}/health`)).json()).toEqual({ status: 'changed' });
      });
      printed = (await dev.until('Reloaded.', printed)).length;
      const failing = change('export const app', "throw new Error('at startup');\nexport const app");
      await withFile('src/app.ts', failing, async () => {
        printed = (await dev.until('Uncaught Error: at startup', printed)).length;
      });
      await dev.until('Reloaded.', printed);
      expect(await (await fetch(`${dev.url}/health`)).json()).toEqual({ status: 'ok' });
    });

    test('takes over a changed .dev.vars, and says when it does not take over what is new', async () => {
      const allowed = async () => {
        const { headers } = await fetch(`${dev.url}/health`, { headers: { Origin: 'http://localhost:5173' } });
        return headers.get('access-control-allow-origin');
      };
      expect(await allowed()).toBe(null);
      await dev.until('add http://localhost:5173 to CORS_ORIGINS in .dev.vars');
      const changes = 'CORS_ORIGINS=http://localhost:5173\nDATABASE_URL=postgres://elsewhere/mine\n';
      const changed = (variables: string) => `${variables}\n${changes}`;
      await withFile('.dev.vars', changed, async () => {
        await dev.until('.dev.vars has changed.\nRestart npm run dev to use the other DATABASE_URL.\nReloaded.\n');
        expect(await allowed()).toBe('http://localhost:5173');
        expect((await fetch(`${dev.url}/ready`)).status).toBe(200);
      });
      const touched = (journal: string) => `${journal}\n`;
      await withFile('drizzle/meta/_journal.json', touched, async () => {
        await dev.until('There is a new migration in drizzle/. Apply it with: npm run db:migrate\n');
      });
      const migrated = await run({ DATABASE_URL: '' }, ['db:migrate']).untilExit();
      const { host } = new URL(databaseUrl);
      expect(migrated).toEqual({ status: 0, output: `The tables of ${host}/taskflow are up to date.\n` });
    });

    test('refuses to start twice', async () => {
      const second = await run().untilExit();
      expect(second.status).toBe(1);
      expect(second.output).toMatch(/PostgreSQL.* did not start:\n.*lock file "postmaster.pid" already exists/);
      expect((await fetch(`${dev.url}/ready`)).status).toBe(200);
      await dev.pressControlC();
    });
  });

  test('uses the database of DATABASE_URL, also with a deployment’s wrangler.toml, which binds Hyperdrive and sets variables', async () => {
    const deployed = (toml: string) =>
      toml
        .replace(/^# (\[\[hyperdrive\]\]\n)# (binding .*\n)# (id .*\n)/m, '$1$2$3')
        .replace('[vars]\n', '[vars]\nJWT_ISSUER = "https://app.example.com"\n');
    await withFile('wrangler.toml', deployed, async () => {
      expect(readFileSync(join(clone, 'wrangler.toml'), 'utf8')).toMatch(/^\[\[hyperdrive\]\]$/m);
      const dev = await startDev({ DATABASE_URL: inject('databaseUrl') });
      const { host, pathname } = new URL(inject('databaseUrl'));
      expect(dev.output).toContain(`Database      DATABASE_URL, ${host}${pathname}\n`);
      const created = await send(dev.url, dev.token, 'POST', '/api/tasks', { title: 'over Hyperdrive' });
      expect(created).toMatchObject({ status: 201 });
      await dev.pressControlC();
    });
  });

  test('runs without a secret, says that tokens come from the frontend, and ends with npm', async () => {
    const devVars = () => 'BETTER_AUTH_URL=http://localhost:3000\n';
    await withFile('.dev.vars', devVars, async () => {
      const dev = await startDev();
      expect(dev.output).toContain('Token         from the frontend, because .dev.vars has no BETTER_AUTH_SECRET\n');
      expect((await fetch(`${dev.url}/ready`)).status).toBe(200);
      dev.endNpm();
      await dev.untilExit();
      expect(postgresRuns()).toBe(false);
      await expect(fetch(dev.url)).rejects.toThrow();
    });
  });

  test('ends with the port’s number if it is in use', async () => {
    const port = Number(new URL(inject('neonEndpoint')).port);
    const { status, output } = await run({ PORT: String(port) }).untilExit();
    expect(status).toBe(1);
    expect(output).toContain(`Port ${port} is in use. For another one: PORT=${port + 1} npm run dev\n`);
    expect(postgresRuns()).toBe(false);
  });

  test('ends with a sentence if PORT is no port', async () => {
    const output = 'PORT must be a number from 0 to 65535, and is 70000\n';
    expect(await run({ PORT: '70000' }).untilExit()).toEqual({ status: 1, output });
  });

  test('takes a .dev.vars that begins with a byte order mark', async () => {
    const withMark = (variables: string) => `\ufeff${/^BETTER_AUTH_SECRET=.*$/m.exec(variables)}\n`;
    await withFile('.dev.vars', withMark, async () => {
      const { status, output } = await run({}, ['token', '--', 'someone']).untilExit();
      expect([status, output]).toEqual([0, expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+\n$/)]);
    });
  });

  test('ends with the build error alone, if there is one at the start', async () => {
    const broken = (code: string) => code.replace('export const app', 'export const = app');
    await withFile('src/app.ts', broken, async () => {
      const { status, output } = await run({ DATABASE_URL: inject('databaseUrl') }).untilExit();
      const [before, printed = ''] = output.split('Building the Worker …');
      expect([status, before]).toEqual([1, '']);
      expect(printed).toMatch(BUILD_ERROR);
      expect(printed.match(/Expected identifier/g)).toHaveLength(1);
    });
  });

  test('ends with the driver’s own words, without the password, if the database is unreachable', async () => {
    const DATABASE_URL = 'postgresql://me:a-password@127.0.0.1:1/mine';
    const output = 'connect ECONNREFUSED 127.0.0.1:1\n';
    expect(await run({ DATABASE_URL }).untilExit()).toEqual({ status: 1, output });
  });
});
