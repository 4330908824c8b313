import { env, exports } from 'cloudflare:workers';
import { sign } from 'hono/jwt';
import { inject } from 'vitest';
import type { Bindings } from '../../src/http/app-env.ts';
import { type Secrets, withoutLeaks } from './leaks.ts';
import { neonUrl } from './neon-host.ts';
import { expectDocumented } from './openapi.ts';
import testWorker, { BINDINGS_HEADER } from './worker.ts';

/** The origin that the tests' configuration allows. */
export const FRONTEND = 'https://app.example.com';
export const SECRET = 'a-secret-of-the-tests-9f2c47d1e8b3';

/** Whether these tests reach the database over Neon HTTP, or else over TCP. */
export const overNeon = inject('transport') === 'neon';

/** The configuration of every call, unless it changes some of it. */
export const bindings: Bindings & { DATABASE_URL: string } = {
  DATABASE_URL: overTransport(inject('workerDatabaseUrl')),
  BETTER_AUTH_SECRET: SECRET,
  CORS_ORIGINS: FRONTEND,
};

/** @returns the URL of a database of the same server, as its superuser: the role of `bindings` knows no other one. */
export function databaseUrl(name: string): string {
  return new URL(`/${name}`, overTransport(inject('databaseUrl'))).href;
}

function overTransport(url: string): string {
  return overNeon ? neonUrl(url) : url;
}

/**
 * The Worker. A TCP socket lives as long as the request that opened it, so over TCP each call is a request to the
 * runtime; without sockets the Worker is called as a function, which is 40 ms faster.
 */
const worker = overNeon
  ? { fetch: (request: Request) => testWorker.fetch(request, env) }
  : (exports as typeof exports & { default: Fetcher }).default;

/** `fetch` for clients that make requests of their own. */
export async function fetchWorker(url: string, init: RequestInit): Promise<Response> {
  return worker.fetch(withBindings(new Request(url, init), bindings));
}

function withBindings(request: Request, configuration: Bindings): Request {
  request.headers.set(BINDINGS_HEADER, encodeURIComponent(JSON.stringify(configuration)));
  return request;
}

export type Call = {
  /** Whose token to send; null sends no Authorization header. */
  user?: string | null | undefined;
  /** A token to send as it is. */
  bearer?: string | undefined;
  /** Sent as it is if a string or bytes, else as JSON. */
  body?: unknown;
  /** Sent instead of, or beside, the usual ones; an empty one is left out. */
  headers?: Record<string, string> | undefined;
  /** Variables that differ from `bindings`. */
  env?: Partial<Bindings> | undefined;
};

export type ApiResponse = { status: number; headers: Headers; text: string; json: any };

/**
 * Calls the Worker: `call('GET /api/tasks', { user })`.
 *
 * @throws {Error} if the OpenAPI document does not describe the response, or if the response or the log shows
 * what it must not (S0 FR-011).
 */
export async function call(methodAndPath: string, options: Call = {}): Promise<ApiResponse> {
  const request = await toRequest(methodAndPath, options);
  const configuration = { ...bindings, ...options.env };
  const response = await withoutLeaks(secretsOf(request, configuration, options.body), async () => {
    const received = await worker.fetch(withBindings(request, configuration));
    const text = await received.text();
    return { status: received.status, headers: received.headers, text, json: parse(text) };
  });
  expectDocumented(request.method, request.url, response);
  return response;
}

async function toRequest(methodAndPath: string, { user, bearer, body, headers = {} }: Call): Promise<Request> {
  const [method = '', path = ''] = methodAndPath.split(/ (.*)/s);
  const jwt = user == null ? bearer : await token({ sub: user });
  const content = typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body);
  const request = new Request(`https://api.example.com${path}`, { method, redirect: 'manual', body: content ?? null });
  if (jwt !== undefined) request.headers.set('Authorization', `Bearer ${jwt}`);
  if (body !== undefined) request.headers.set('Content-Type', 'application/json');
  for (const [name, value] of Object.entries(headers)) {
    if (value === '') request.headers.delete(name);
    else request.headers.set(name, value);
  }
  return request;
}

function secretsOf(request: Request, { DATABASE_URL, BETTER_AUTH_SECRET = '' }: Bindings, body: unknown): Secrets {
  const signature = request.headers.get('Authorization')?.split('.')[2] ?? '';
  const password = URL.parse(String(DATABASE_URL))?.password ?? '';
  const { title, description }: Record<string, unknown> = { ...Object(typeof body === 'string' ? parse(body) : body) };
  return {
    ofAll: [String(BETTER_AUTH_SECRET), password, signature],
    ofUsers: [title, description].filter((text) => typeof text === 'string'),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** @returns a token that expires in an hour, unless the claims say otherwise; a claim of undefined is left out. */
export function token(claims: Record<string, unknown> = {}, secret = SECRET): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  return sign({ iat: now, exp: now + 3600, ...claims }, secret, 'HS256');
}

/** @returns a user whom no other test knows. */
export function freshUser(name = 'user'): string {
  return `${name}_${crypto.randomUUID()}`;
}

/** The two route prefixes of one user's tasks. Over TCP one of them is enough. */
export const routePrefixes = [
  { prefix: '/api/tasks', tasksOf: (_user: string) => '/api/tasks' },
  { prefix: '/api/{user_id}/tasks', tasksOf: (user: string) => `/api/${encodeURIComponent(user)}/tasks` },
]
  .slice(overNeon ? 0 : 1)
  .map((one) => ({ ...one, setUp: (fields?: Record<string, unknown>) => setUp(one.tasksOf, fields) }));

/** Creates a task of a new user. @returns both, and their paths under a route prefix. */
async function setUp(tasksOf: (user: string) => string, fields: Record<string, unknown> = {}) {
  const user = freshUser();
  const task = await createTask(user, fields);
  return { user, task, tasks: tasksOf(user), path: `${tasksOf(user)}/${task.id}` };
}

/** Creates a task, and returns it as the API did. */
export async function createTask(user: string, fields: Record<string, unknown> = {}): Promise<any> {
  const body = { title: 'Buy groceries', ...fields };
  return (await call(`POST /api/${encodeURIComponent(user)}/tasks`, { user, body })).json;
}
