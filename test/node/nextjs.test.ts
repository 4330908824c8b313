import { globSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { getMigrations } from 'better-auth/db/migration';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test, vi } from 'vitest';
import { migrateDatabase } from '../../scripts/database.ts';
import type { Bindings } from '../../src/http/app-env.ts';
import worker from '../../src/index.ts';
import { NEON_API_HOST, neonUrl } from '../support/neon-host.ts';

const FRONTEND = 'http://localhost:3000';
const API = 'http://localhost:8000';
const SECRET = 'a-secret-of-a-nextjs-frontend-5c20';
const project = resolve(import.meta.dirname, '../..');
const database = new URL('/nextjs', inject('databaseUrl')).href;
const password = 'correct horse battery staple';

/** What the runtime hands to the Worker beside its bindings. */
const context = { waitUntil: () => {}, passThroughOnException: () => {}, props: {} };

/** The examples' modules, as Next.js loads them: on the server, and in the page. */
type Frontend = {
  auth: typeof import('../../examples/nextjs/lib/auth.ts').auth;
  route: typeof import('../../examples/nextjs/app/api/auth/[...all]/route.ts');
  tokenRoute: typeof import('../../examples/nextjs/app/api/token/route.ts');
  page: typeof import('../../examples/nextjs/lib/api.ts');
};

let frontend: Frontend;
let cookies = '';

beforeAll(async () => {
  vi.stubEnv('BETTER_AUTH_SECRET', SECRET);
  vi.stubEnv('BETTER_AUTH_URL', FRONTEND);
  vi.stubEnv('DATABASE_URL', database);
  const client = new pg.Client({ connectionString: inject('databaseUrl') });
  await client.connect();
  await client.query('create database nextjs');
  await client.end();
  await migrateDatabase(database);
  const { auth } = await import('../../examples/nextjs/lib/auth.ts');
  await (await getMigrations(auth.options)).runMigrations();
});

afterAll(() => frontend.auth.options.database.end());

beforeEach(() => {
  cookies = '';
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** Loads the examples, with a browser's `fetch` and a Worker that trusts `trust`. */
async function open(tokenPath: string, trust: Partial<Bindings>): Promise<void> {
  vi.stubEnv('NEXT_PUBLIC_TOKEN_PATH', tokenPath);
  const { auth } = await import('../../examples/nextjs/lib/auth.ts');
  vi.resetModules();
  vi.doMock('../../examples/nextjs/lib/auth.ts', () => ({ auth }));
  frontend = {
    auth,
    route: await import('../../examples/nextjs/app/api/auth/[...all]/route.ts'),
    tokenRoute: await import('../../examples/nextjs/app/api/token/route.ts'),
    page: await import('../../examples/nextjs/lib/api.ts'),
  };
  const bindings = { DATABASE_URL: neonUrl(database), CORS_ORIGINS: FRONTEND, ...trust };
  const network = globalThis.fetch;
  vi.stubGlobal('fetch', async (input: RequestInfo | URL, init?: RequestInit) => {
    const url = new URL(input instanceof Request ? input.url : input, FRONTEND);
    if (url.hostname === NEON_API_HOST) return network(inject('neonEndpoint'), init);
    const request = new Request(url, init);
    return url.origin === API ? worker.fetch(request, bindings, context) : respondAsFrontend(request);
  });
}

/** What Next.js does with a request of the page: it picks the route, and the browser keeps the cookies. */
async function respondAsFrontend(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  const { route, tokenRoute } = frontend;
  const handler = pathname === '/api/token' ? tokenRoute.GET : request.method === 'POST' ? route.POST : route.GET;
  request.headers.set('Cookie', cookies);
  request.headers.set('Origin', FRONTEND);
  const response = await handler(request);
  const set = response.headers.getSetCookie().map((line) => line.split(';')[0]);
  if (set.length > 0) cookies = set.join('; ');
  return response;
}

async function signUp(): Promise<string> {
  const response = await fetch('/api/auth/sign-up/email', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ name: 'Ada', email: `${crypto.randomUUID()}@example.com`, password }),
  });
  return ((await response.json()) as { user: { id: string } }).user.id;
}

describe.each([
  ['signed with the shared secret', '/api/token', { BETTER_AUTH_SECRET: SECRET }, 'HS256'],
  ['signed with the keys of the jwt plugin', '/api/auth/token', { BETTER_AUTH_URL: FRONTEND }, 'EdDSA'],
] as const)('the examples for Next.js, with tokens %s', (_, path, trust, algorithm) => {
  beforeEach(() => open(path, trust));

  test('create, read and delete the task of whoever is signed in [S3 FR-013, S3 SC-004]', async () => {
    const user = await signUp();
    const { api } = frontend.page;
    const task = await api<{ id: number }>('POST', '/api/tasks', { title: 'Buy groceries' });
    expect(task).toMatchObject({ user_id: user, title: 'Buy groceries', completed: false });
    expect(await api('GET', '/api/tasks')).toEqual([task]);
    expect(await api('GET', `/api/${user}/tasks`)).toEqual([task]);
    expect(await api('DELETE', `/api/tasks/${task.id}`)).toBeUndefined();
    expect(await api('GET', '/api/tasks')).toEqual([]);
  });

  test('get a token of that kind, and a new one after it has expired', async () => {
    await signUp();
    const { api } = frontend.page;
    const sent = vi.spyOn(globalThis, 'fetch');
    await api('GET', '/api/tasks');
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 16 * 60_000 });
    await api('GET', '/api/tasks');
    const tokens = sent.mock.calls
      .map(([, init]) => new Headers(init?.headers).get('Authorization')?.replace('Bearer ', ''))
      .filter((token) => token !== undefined);
    expect(tokens.map((token) => JSON.parse(atob(token.split('.')[0] ?? '')).alg)).toEqual(Array(3).fill(algorithm));
    expect(tokens[1]).toBe(tokens[0]);
    expect(tokens[2]).not.toBe(tokens[0]);
  });

  test('throw what the API refuses, and that nobody is signed in', async () => {
    const { api, forgetToken } = frontend.page;
    await expect(api('GET', '/api/tasks')).rejects.toThrow('Not signed in');
    await signUp();
    await expect(api('POST', '/api/tasks', { title: '' })).rejects.toThrow('title: must have 1 to 200 characters');
    cookies = '';
    forgetToken();
    await expect(api('GET', '/api/tasks')).rejects.toThrow('Not signed in');
  });
});

test('docs/frontend.md quotes each of these files as it is', () => {
  const guide = readFileSync(resolve(project, 'docs/frontend.md'), 'utf8');
  const files = globSync('examples/nextjs/**/*.ts', { cwd: project });
  const quoted = files.filter((file) => {
    const code = readFileSync(resolve(project, file), 'utf8');
    return guide.includes(`\`\`\`ts\n// ${file.replace('examples/nextjs/', '')}\n${code}\`\`\`\n`);
  });
  expect(quoted).toEqual(files);
});
