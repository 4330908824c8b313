import { createExecutionContext } from 'cloudflare:test';
import { env, exports } from 'cloudflare:workers';
import { sign } from 'hono/jwt';
import type { Bindings } from '../../src/http/app-env.ts';
import { type Secrets, withoutLeaks } from './leaks.ts';
import { expectDocumented } from './openapi.ts';
import testWorker, { BINDINGS_HEADER } from './worker.ts';

/** The origin that the tests' configuration lists. */
export const FRONTEND = 'https://app.example.com';
export const SECRET = 'a-secret-of-the-tests-9f2c47d1e8b3';

/** The configuration that the tests run with, and change where they test it. */
export const bindings: Bindings = {
  DATABASE_URL: (env as unknown as { TEST_DATABASE_URL: string }).TEST_DATABASE_URL,
  BETTER_AUTH_SECRET: SECRET,
  CORS_ORIGINS: FRONTEND,
};

/** @returns the address of another database of the same server. */
export function databaseUrl(name: string): string {
  return new URL(`/${name}`, bindings.DATABASE_URL).href;
}

/** Whether this run goes to the database through Neon's HTTP driver, or else over TCP. */
export const overNeon = new URL(bindings.DATABASE_URL ?? '').hostname.endsWith('.neon.tech');

/**
 * The Worker. A TCP socket lives as long as the request that opened it, so that there each call must be a request of
 * its own to the runtime; without sockets the Worker is called as a function, which is 40 ms faster.
 */
const worker = overNeon
  ? { fetch: (request: Request) => testWorker.fetch(request, env, createExecutionContext()) }
  : (exports as unknown as { default: Fetcher }).default;

/** `fetch`, for clients that make their own requests: whatever they ask for, this Worker answers. */
export async function fetchWorker(url: string, init: RequestInit): Promise<Response> {
  const asked = new Request(url, init);
  asked.headers.set(BINDINGS_HEADER, encodeURIComponent(JSON.stringify(bindings)));
  return worker.fetch(asked);
}

export type Call = {
  /** Whose token to send; null sends no Authorization header. */
  user?: string | null;
  /** A token to send as it is. */
  bearer?: string;
  /** Sent as it is if a string or bytes, else as JSON. */
  body?: unknown;
  /** Sent instead of, or beside, the usual ones; an empty one is left out. */
  headers?: Record<string, string>;
  /** Variables that differ from `bindings`. */
  env?: Partial<Bindings>;
};

export type ApiResponse = { status: number; headers: Headers; text: string; json: any };

/**
 * Calls the Worker as a client would, `GET /api/tasks` style: `call('GET /api/tasks', { user })`. Every answer must be
 * one that the OpenAPI document describes, and neither it nor the log may show what they must not (S0 FR-011).
 */
export async function call(
  methodAndPath: string,
  { user = null, bearer, body, headers, env: changes = {} }: Call = {},
): Promise<ApiResponse> {
  const [method = '', path = ''] = methodAndPath.split(/ (.*)/s);
  const raw = body === undefined || typeof body === 'string' || body instanceof Uint8Array;
  const request = new Request(`https://api.example.com${path}`, {
    method,
    redirect: 'manual',
    headers: {
      ...(bearer !== undefined && { Authorization: `Bearer ${bearer}` }),
      ...(user !== null && { Authorization: `Bearer ${await token({ sub: user })}` }),
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
      ...headers,
    },
    body: raw ? (body as string | undefined) : JSON.stringify(body),
  });
  for (const [name, value] of Object.entries(headers ?? {})) if (value === '') request.headers.delete(name);
  const configuration = { ...bindings, ...changes };
  request.headers.set(BINDINGS_HEADER, encodeURIComponent(JSON.stringify(configuration)));
  const answer = await withoutLeaks(secretsOf(request, configuration, body), async () => {
    const response = await worker.fetch(request);
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: parse(text) };
  });
  expectDocumented(method, request.url, answer);
  return answer;
}

function secretsOf(request: Request, { DATABASE_URL = '', BETTER_AUTH_SECRET = '' }: Bindings, body: unknown): Secrets {
  const signature = request.headers.get('Authorization')?.split('.')[2] ?? '';
  const password = URL.canParse(DATABASE_URL) ? new URL(DATABASE_URL).password : '';
  const { title, description } = { ...((typeof body === 'string' ? parse(body) : body) as Record<string, unknown>) };
  return {
    ofAll: [BETTER_AUTH_SECRET, password, signature],
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

/** The two route prefixes, each with the path of one user's tasks. */
export const routePrefixes = [
  { prefix: '/api/tasks', tasksOf: (_user: string) => '/api/tasks' },
  { prefix: '/api/{user_id}/tasks', tasksOf: (user: string) => `/api/${encodeURIComponent(user)}/tasks` },
];

/** Creates a task and returns it as the API answered it. */
export async function createTask(user: string, fields: Record<string, unknown> = {}): Promise<any> {
  const { json } = await call(`POST /api/${encodeURIComponent(user)}/tasks`, {
    user,
    body: { title: 'Buy groceries', ...fields },
  });
  return json;
}
