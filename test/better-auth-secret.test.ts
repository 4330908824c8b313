import { expect, test, vi } from 'vitest';
import { call, routePrefixes } from './support/api.ts';
import { expectUnauthorized, useEveryMethod } from './support/expectations.ts';
import { claimsOf, headerOf, type Session, startSignedIn } from './support/issuer.ts';

/** `session_data` is what `cookieCache` made; `session_token` names the session. */
function cookieOf({ cookies }: Session, name: 'session_data' | 'session_token'): string {
  const prefix = `better-auth.${name}=`;
  return cookies.find((cookie) => cookie.startsWith(prefix))?.slice(prefix.length) ?? '';
}

test('the session cookie of cookieCache opens every method, without the JWKS [S1 FR-002, S2 FR-001, S3 FR-002, S0 FR-001]', async () => {
  const { issuer, session, env } = await startSignedIn({ cookieCache: 'jwt' });
  const { userId } = session;
  const bearer = cookieOf(session, 'session_data');
  expect(headerOf(bearer)).toEqual({ alg: 'HS256' });
  for (const { tasksOf } of routePrefixes) await useEveryMethod(tasksOf(userId), { userId, bearer, env });
  expect(await issuer.control('jwksFetches')).toBe(0);
});

test('the token of the verification e-mail is refused [S1 US1.4]', async () => {
  const { issuer, session, env } = await startSignedIn();
  const bearer = await issuer.control('verificationToken', session.email);
  expect(headerOf(bearer)).toEqual({ alg: 'HS256' });
  for (const { tasksOf } of routePrefixes) {
    const response = await call(`GET ${tasksOf(session.userId)}`, { bearer, env });
    expectUnauthorized(response, 'invalid_token', 'the token names no user');
  }
  await issuer.request('GET', `verify-email?token=${bearer}`);
});

test.each([
  ['session_data', 'compact'],
  ['session_data', 'jwe'],
  ['session_token', 'jwt'],
] as const)('the cookie %s is refused where the session is cached as %s [S1 US1.4]', async (name, form) => {
  const { issuer, session, env } = await startSignedIn({ cookieCache: form });
  const cookie = cookieOf(session, name);
  expect(cookie.length).toBeGreaterThan(40);
  for (const bearer of [cookie, decodeURIComponent(cookie)])
    expectUnauthorized(await call('GET /api/tasks', { bearer, env }), 'invalid_token');
  expect(await issuer.control('jwksFetches')).toBe(0);
});

test.each([[{}], [{ version: '1.6.4' }]] as const)(
  'a session token ends with its session, which its exp outlives: Better Auth with %j',
  async (version) => {
    const { session, env } = await startSignedIn({ cookieCache: 'jwt', sessionLength: 60, ...version });
    const bearer = cookieOf(session, 'session_data');
    const now = Date.now();
    expect(claimsOf(bearer).exp * 1000).toBeGreaterThan(now + 200_000);
    vi.setSystemTime(now + 58_000);
    expect(await call('GET /api/tasks', { bearer, env })).toMatchObject({ status: 200 });
    vi.setSystemTime(now + 60_000);
    const expired = await call('GET /api/tasks', { bearer, env });
    expectUnauthorized(expired, 'token_expired', 'the session of the token expired');
  },
);

test('the cookie of jwt({ sessionCookieCache: true }) is refused, and the response says which token to send', async () => {
  const { issuer, session, env } = await startSignedIn({ cookieCache: 'jwt', sessionCookieCache: true });
  const bearer = cookieOf(session, 'session_data');
  expect(headerOf(bearer)).toEqual({ alg: 'EdDSA', kid: expect.any(String), typ: 'better-auth.session-cache+jwt' });
  const description = 'this is a session cookie of Better Auth: send the token of its jwt plugin';
  expectUnauthorized(await call('GET /api/tasks', { bearer, env }), 'invalid_token', description);
  expect(await issuer.control('jwksFetches')).toBe(0);
  const token = await issuer.token(session);
  expect(await call('GET /api/tasks', { bearer: token, env })).toMatchObject({ status: 200 });
});
