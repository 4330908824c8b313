import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { addresses, call } from './support/api.ts';
import { expectRefusal, useEveryMethod } from './support/expectations.ts';
import { headerOf, Issuer, type Session } from './support/issuer.ts';

/** The cookies that a frontend may hand on as a token: what `cookieCache` made, and the one that names the session. */
const cached = ({ cookies }: Session) => cookies.get('better-auth.session_data') ?? '';
const named = ({ cookies }: Session) => cookies.get('better-auth.session_token') ?? '';

/** A real Better Auth server that no other test uses, and one of its users. */
async function start(options = {}) {
  const issuer = await Issuer.start(options);
  return { issuer, env: issuer.env, session: await issuer.signIn() };
}

describe('the session cookie of cookieCache with strategy "jwt"', () => {
  test.each(addresses)(
    'S1 FR-002, S2 FR-001, S3 FR-002, S0 FR-001: opens every method at the $address, without the key set',
    async ({ tasksOf }) => {
      const { issuer, session, env } = await start({ cookieCache: { strategy: 'jwt' } });
      const { userId } = session;
      expect(headerOf(cached(session))).toEqual({ alg: 'HS256' });
      await useEveryMethod(tasksOf(userId), { userId, bearer: cached(session), env });
      expect(await issuer.ask('fetches')).toBe(0);
    },
  );

  test('S1 FR-002: needs no BETTER_AUTH_URL', async () => {
    const { issuer, session } = await start({ cookieCache: { strategy: 'jwt' } });
    const env = { BETTER_AUTH_SECRET: issuer.secret };
    const answer = await call(`GET /api/${session.userId}/tasks`, { bearer: cached(session), env });
    expect(answer).toMatchObject({ status: 200, text: '[]' });
  });

  test('S1 US1.3: is refused once it expired', async () => {
    const { session, env } = await start({ cookieCache: { strategy: 'jwt', maxAge: 1 } });
    await sleep(1100);
    expectRefusal(await call('GET /api/tasks', { bearer: cached(session), env }), 'token_expired');
  });

  test('S1 EC2: is refused where the secret is another', async () => {
    const { session } = await start({ cookieCache: { strategy: 'jwt' } });
    expectRefusal(await call('GET /api/tasks', { bearer: cached(session) }), 'invalid_signature');
  });
});

test.each(addresses)(
  'S1 US1.4: the token of the verification e-mail is refused at the $address',
  async ({ tasksOf }) => {
    const { issuer, session, env } = await start();
    const bearer = await issuer.ask('verification token', session.email);
    expect(headerOf(bearer)).toEqual({ alg: 'HS256' });
    expectRefusal(await call(`GET ${tasksOf(session.userId)}`, { bearer, env }), 'invalid_token');
    expect(await issuer.attempt('GET', `verify-email?token=${bearer}`)).toMatchObject({ status: 200 });
  },
);

test.each(['compact', 'jwe'] as const)('S1 US1.4: a %s session cookie is no signed JWT: refused', async (strategy) => {
  const { issuer, session, env } = await start({ cookieCache: { strategy } });
  expect(cached(session).length).toBeGreaterThan(100);
  expectRefusal(await call('GET /api/tasks', { bearer: cached(session), env }), 'invalid_token');
  expect(await issuer.ask('fetches')).toBe(0);
});

test('S1 US1.4: the cookie that only names a session is refused, decoded or not', async () => {
  const { issuer, session, env } = await start();
  for (const bearer of [named(session), decodeURIComponent(named(session))]) {
    expect(bearer.length).toBeGreaterThan(40);
    expectRefusal(await call('GET /api/tasks', { bearer, env }), 'invalid_token');
  }
  expect(await issuer.ask('fetches')).toBe(0);
});
