import { describe, expect, test, vi } from 'vitest';
import { call, routePrefixes } from './support/api.ts';
import type { Algorithm } from './support/better-auth-versions.ts';
import { expectUnauthorized, useEveryMethod } from './support/expectations.ts';
import { claimsOf, headerOf, startSignedIn } from './support/issuer.ts';

const algorithms: Algorithm[] = ['EdDSA', 'ES256', 'ES512', 'RS256', 'PS256'];

const versions = [
  ['1.7.25', {}],
  ['1.6.4', { version: '1.6.4' }],
] as const;

describe.each(routePrefixes)('$prefix', ({ tasksOf }) => {
  test.each(algorithms)(
    'a JWT of Better Auth, signed with %s, opens every method [S1 US1.1, S1 FR-001, S3 US2.1, S3 FR-013, S0 US1.1, S2 US1.2]',
    async (alg) => {
      const { issuer, userId, bearer, env } = await startSignedIn({ alg });
      expect(headerOf(bearer)).toEqual({ alg, kid: expect.any(String) });
      await useEveryMethod(tasksOf(userId), { userId, bearer, env });
      expect(await issuer.control('jwksFetches')).toBe(1);
    },
  );
});

test.each(versions)(
  'a user of Better Auth %s signs up, signs in, uses every method and signs out',
  async (_, options) => {
    const { issuer, session, userId, bearer, env } = await startSignedIn(options);
    await useEveryMethod(`/api/${userId}/tasks`, { userId, bearer, env });
    await issuer.control('rotateKeys');
    await useEveryMethod('/api/tasks', { userId, bearer: await issuer.token(session), env });
    await issuer.request('POST', 'sign-out', { body: {}, session });
    expect(await issuer.control('jwksFetches')).toBe(2);
  },
);

test("Better Auth's defaults are enough, without a shared secret [S3 FR-013]", async () => {
  const { issuer, userId, bearer } = await startSignedIn();
  const env = { BETTER_AUTH_URL: issuer.url, BETTER_AUTH_SECRET: '' };
  expect(await call(`GET /api/${userId}/tasks`, { bearer, env })).toMatchObject({ status: 200, text: '[]' });
});

test('sub names the user, whatever definePayload leaves out [S3 A-004, S3 FR-003]', async () => {
  const { userId, bearer, env } = await startSignedIn({ payload: ['email'] });
  expect(await call(`GET /api/${userId}/tasks`, { bearer, env })).toMatchObject({ status: 200 });
});

test('JWT_ISSUER and JWT_AUDIENCE can be the URL of the Better Auth server', async () => {
  const { issuer, bearer, env } = await startSignedIn();
  const own = { ...env, JWT_ISSUER: issuer.url, JWT_AUDIENCE: issuer.url };
  expect(await call('GET /api/tasks', { bearer, env: own })).toMatchObject({ status: 200 });
});

test('a JWT of another Better Auth server is refused, and that server is not asked [S1 FR-001]', async () => {
  const [ours, theirs] = [await startSignedIn(), await startSignedIn()];
  expectUnauthorized(await call('GET /api/tasks', { bearer: theirs.bearer, env: ours.env }), 'invalid_token');
  expect(await theirs.issuer.control('jwksFetches')).toBe(0);
});

test('a JWT is accepted after the sign-out, until its 15 minutes are over [S1 US1.3, S0 US1.2, S3 US2.2, S1 SC-002, S0 EC4]', async () => {
  const { issuer, session, bearer, env } = await startSignedIn();
  await issuer.request('POST', 'sign-out', { body: {}, session });
  await expect(issuer.request('GET', 'token', { session })).rejects.toThrow('token responded 401');
  const { iat, exp } = claimsOf(bearer);
  expect(exp - iat).toBe(15 * 60);
  vi.setSystemTime(exp * 1000 - 1);
  expect(await call('GET /api/tasks', { bearer, env })).toMatchObject({ status: 200 });
  vi.setSystemTime(exp * 1000);
  expectUnauthorized(await call('GET /api/tasks', { bearer, env }), 'token_expired');
});
