import { expect, test, vi } from 'vitest';
import { call, routePrefixes } from './support/api.ts';
import type { Algorithm } from './support/better-auth-versions.ts';
import { expectUnauthorized, useEveryMethod } from './support/expectations.ts';
import { claimsOf, headerOf, startSignedIn } from './support/issuer.ts';

const algorithms: Algorithm[] = ['EdDSA', 'ES256', 'ES512', 'RS256', 'PS256'];

const versions = [
  ['1.7.25', {}],
  ['1.6.4', { version: '1.6.4' }],
] as const;

test.each(algorithms)(
  'a JWT of Better Auth, signed with %s, opens every method [S1 US1.1, S1 FR-001, S3 US2.1, S3 FR-013, S0 US1.1, S2 US1.2]',
  async (alg) => {
    const { issuer, userId, bearer, env } = await startSignedIn({ alg });
    expect(headerOf(bearer)).toEqual({ alg, kid: expect.any(String) });
    for (const { tasksOf } of routePrefixes) await useEveryMethod(tasksOf(userId), { userId, bearer, env });
    expect(await issuer.control('jwksFetches')).toBe(1);
  },
);

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

test('sub names the user, whatever definePayload leaves out [S3 A-004, S3 FR-003]', async () => {
  const { userId, bearer, env } = await startSignedIn({ payload: ['email'] });
  expect(await call(`GET /api/${userId}/tasks`, { bearer, env })).toMatchObject({ status: 200 });
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

test('after a rotation the new key and the old one are accepted, and unknown keys cause one reading of the JWKS in 30 s', async () => {
  const { issuer, session, bearer: old, env } = await startSignedIn();
  vi.setSystemTime(Date.now());
  const list = (bearer: string) => call('GET /api/tasks', { bearer, env });
  const rotate = async () => {
    await issuer.control('rotateKeys');
    return issuer.token(session);
  };
  expect((await list(old)).status).toBe(200);
  const second = await rotate();
  expect(headerOf(second).kid).not.toBe(headerOf(old).kid);
  for (const bearer of [second, old]) expect((await list(bearer)).status).toBe(200);
  const third = await rotate();
  expectUnauthorized(await list(third), 'invalid_token');
  expect(await issuer.control('jwksFetches')).toBe(2);
  vi.setSystemTime(Date.now() + 30_000);
  for (const bearer of [third, second, old]) expect((await list(bearer)).status).toBe(200);
  expect(await issuer.control('jwksFetches')).toBe(3);
});

test('an issuer that is down is 503 while no key is cached, until a retry after Retry-After [S1 FR-013]', async () => {
  const { issuer, bearer, env } = await startSignedIn();
  await issuer.control('stop');
  vi.setSystemTime(Date.now());
  const { status, json, headers } = await call('GET /api/tasks', { bearer, env });
  const detail = 'The token issuer is unavailable';
  expect({ status, json }).toEqual({ status: 503, json: { detail, code: 'issuer_unavailable' } });
  expect(headers.get('www-authenticate')).toBeNull();
  const seconds = Number(headers.get('retry-after'));
  expect(seconds).toBeGreaterThan(0);
  await issuer.control('resume');
  vi.setSystemTime(Date.now() + seconds * 1000);
  expect(await call('GET /api/tasks', { bearer, env })).toMatchObject({ status: 200, text: '[]' });
});
