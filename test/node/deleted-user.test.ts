import { sign } from 'hono/jwt';
import type pg from 'pg';
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest';
import { migrateDatabase, withDatabase } from '../../scripts/database.ts';
import { linkUsers } from '../../scripts/user-link.ts';
import worker from '../../src/index.ts';
import { NEON_API_HOST, neonUrl } from '../support/neon-host.ts';

const SECRET = 'a-secret-of-linked-users-90ab41c7f2';
const url = new URL('/deleted_user', inject('databaseUrl')).href;
const network = globalThis.fetch;

beforeAll(async () => {
  await withDatabase(inject('databaseUrl'), (client: pg.Client) => client.query('create database deleted_user'));
  await migrateDatabase(url);
  await withDatabase(url, async (client) => {
    await client.query(`create table "user" (id text primary key); insert into "user" values ('here')`);
    await linkUsers(client);
  });
  vi.stubGlobal('fetch', (input: string | URL, init?: RequestInit) =>
    network(new URL(input).hostname === NEON_API_HOST ? inject('neonEndpoint') : input, init),
  );
});

afterAll(() => vi.unstubAllGlobals());

async function call(method: string, user: string, headers: Record<string, string> = {}) {
  const token = await sign({ sub: user, exp: Math.floor(Date.now() / 1000) + 60 }, SECRET, 'HS256');
  const request = new Request('http://localhost:8000/api/tasks', {
    method,
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', ...headers },
    ...(method === 'POST' && { body: JSON.stringify({ title: 'x' }) }),
  });
  return worker.fetch(request, { DATABASE_URL: neonUrl(url), BETTER_AUTH_SECRET: SECRET });
}

test.each<Record<string, string>>([{}, { 'Idempotency-Key': 'once' }])(
  'S2 SC-004: where users are linked, the token of a deleted user gets 401 for a new task (%o), and creates nothing',
  async (headers) => {
    const log = vi.spyOn(console, 'log').mockReturnValue();
    const answer = await call('POST', 'gone', headers);
    const line = JSON.parse(String(log.mock.calls[0]?.[0]));
    log.mockRestore();
    expect(answer.status).toBe(401);
    expect(answer.headers.get('WWW-Authenticate')).toBe(
      'Bearer realm="taskflow", error="invalid_token", error_description="the user no longer exists"',
    );
    expect(await answer.json()).toEqual({ detail: 'Invalid token', code: 'invalid_token' });
    expect(line).toMatchObject({
      level: 'info',
      status: 401,
      error: { code: 'invalid_token', reason: 'the user no longer exists' },
    });
    expect(await (await call('GET', 'gone')).json()).toEqual([]);
    expect((await call('POST', 'here', headers)).status).toBe(201);
  },
);
