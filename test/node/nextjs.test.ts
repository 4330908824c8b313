import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getMigrations } from 'better-auth/db/migration';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test, vi } from 'vitest';
import { migrateDatabase } from '../../scripts/database.ts';
import { startWorkerd, type Workerd } from '../support/workerd.ts';
import { createDatabase } from './database.ts';

const SECRET = 'a-secret-of-a-nextjs-frontend-5c20';
const database = new URL('/nextjs', inject('databaseUrl')).href;
const password = 'correct horse battery staple';

/** The examples' modules, as Next.js loads them: on the server, and in the page. */
type Frontend = {
  auth: typeof import('../../examples/nextjs/lib/auth.ts').auth;
  route: typeof import('../../examples/nextjs/app/api/auth/[...all]/route.ts');
  tokenRoute: typeof import('../../examples/nextjs/app/api/token/route.ts');
  page: typeof import('../../examples/nextjs/lib/api.ts');
};

let frontend: Frontend;
let worker: Workerd;

/** The frontend's server, as far as the Worker calls it: for the published keys. */
const server = createServer(async ({ url = '' }, response) => {
  response.end(await (await frontend.route.GET(new Request(new URL(url, origin())))).text());
});
const origin = () => `http://localhost:${(server.address() as AddressInfo).port}`;
let cookies = '';

beforeAll(async () => {
  await once(server.listen(0, 'localhost'), 'listening');
  vi.stubEnv('BETTER_AUTH_SECRET', SECRET);
  vi.stubEnv('BETTER_AUTH_URL', origin());
  vi.stubEnv('DATABASE_URL', database);
  await createDatabase('nextjs');
  await migrateDatabase(database);
  const { auth } = await import('../../examples/nextjs/lib/auth.ts');
  await (await getMigrations(auth.options)).runMigrations();
});

afterAll(async () => {
  server.close();
  await frontend.auth.options.database.end();
});

afterEach(async () => {
  await worker.stop();
  vi.unstubAllGlobals();
});

/** Loads the examples, with a browser's `fetch` and a Worker that trusts the frontend as `trust` says. */
async function open(tokenPath: string, trust: () => Record<string, string>): Promise<void> {
  cookies = '';
  const bindings = { DATABASE_URL: database, CORS_ORIGINS: origin(), ...trust() };
  worker = await startWorkerd({ name: 'nextjs', bindings });
  vi.stubEnv('NEXT_PUBLIC_API_URL', `${worker.url}/`);
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
  const network = globalThis.fetch;
  vi.stubGlobal('fetch', async (input: RequestInfo | URL, init?: RequestInit) => {
    const request = new Request(new URL(String(input), origin()), init);
    return request.url.startsWith(worker.url) ? network(request) : respondAsFrontend(request);
  });
}

/** What Next.js does with a request of the page: it picks the route, and the browser keeps the cookies. */
async function respondAsFrontend(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  const { route, tokenRoute } = frontend;
  const handler = pathname === '/api/token' ? tokenRoute.GET : request.method === 'POST' ? route.POST : route.GET;
  request.headers.set('Cookie', cookies);
  request.headers.set('Origin', origin());
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
  ['signed with the shared secret', '/api/token', () => ({ BETTER_AUTH_SECRET: SECRET }), 'HS256'],
  ['signed with the keys of the jwt plugin', '/api/auth/token', () => ({ BETTER_AUTH_URL: origin() }), 'EdDSA'],
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

  test('get a token of that kind, and a new one after the API has refused it', async () => {
    await signUp();
    const { api } = frontend.page;
    const sent = vi.fn(globalThis.fetch);
    vi.stubGlobal('fetch', sent);
    await api('GET', '/api/tasks');
    sent.mockResolvedValueOnce(Response.json({ detail: 'Token expired' }, { status: 401 }));
    await api('GET', '/api/tasks');
    const tokens = sent.mock.calls
      .map(([, init]) => new Headers(init?.headers).get('Authorization')?.replace('Bearer ', ''))
      .filter((token) => token !== undefined);
    expect(tokens.map((token) => JSON.parse(atob(token.split('.')[0] ?? '')).alg)).toEqual(Array(3).fill(algorithm));
    expect(sent.mock.calls.filter(([input]) => input === path)).toHaveLength(2);
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
