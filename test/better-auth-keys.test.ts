import { expect, test, vi } from 'vitest';
import { call } from './support/api.ts';
import { expectUnauthorized } from './support/expectations.ts';
import { headerOf, type Issuer, startSignedIn } from './support/issuer.ts';

const HOUR = 3_600_000;

const list = (issuer: Issuer, bearer: string) => call('GET /api/tasks', { bearer, env: issuer.env });

async function expectAccepted(issuer: Issuer, ...tokens: string[]): Promise<void> {
  for (const bearer of tokens) expect(await list(issuer, bearer)).toMatchObject({ status: 200, text: '[]' });
}

test('a new key is accepted beside the old one, and unknown keys cause one reading of the JWKS in 30 s', async () => {
  const { issuer, session, bearer: old } = await startSignedIn();
  vi.setSystemTime(Date.now());
  const rotate = async () => {
    await issuer.control('rotateKeys');
    return issuer.token(session);
  };
  await expectAccepted(issuer, old);
  const second = await rotate();
  expect(headerOf(second).kid).not.toBe(headerOf(old).kid);
  await expectAccepted(issuer, second, old);
  const third = await rotate();
  expectUnauthorized(await list(issuer, third), 'invalid_token');
  expect(await issuer.control('jwksFetches')).toBe(2);
  vi.setSystemTime(Date.now() + 30_000);
  await expectAccepted(issuer, third, second, old);
  expect(await issuer.control('jwksFetches')).toBe(3);
});

test('a hundred requests at once read the JWKS once', async () => {
  const { issuer, bearer } = await startSignedIn();
  vi.setSystemTime(Date.now());
  const responses = await Promise.all(Array.from({ length: 100 }, () => list(issuer, bearer)));
  expect(responses.map(({ status }) => status)).toEqual(Array(100).fill(200));
  expect(await issuer.control('jwksFetches')).toBe(1);
});

test('an issuer that is down is 503 while no key is cached, until a retry after Retry-After [S1 FR-013]', async () => {
  const { issuer, bearer } = await startSignedIn();
  await issuer.control('stop');
  vi.setSystemTime(Date.now());
  const { status, json, headers } = await list(issuer, bearer);
  const detail = 'The token issuer is unavailable';
  expect({ status, json }).toEqual({ status: 503, json: { detail, code: 'issuer_unavailable' } });
  expect(headers.get('www-authenticate')).toBeNull();
  const seconds = Number(headers.get('retry-after'));
  expect(seconds).toBeGreaterThan(0);
  await issuer.control('resume');
  vi.setSystemTime(Date.now() + seconds * 1000);
  await expectAccepted(issuer, bearer);
});

test('cached keys are accepted for a day while the issuer is down', async () => {
  const { issuer, session, bearer } = await startSignedIn({ expirationTime: '2d' });
  await expectAccepted(issuer, bearer);
  const other = await issuer.token(session);
  await issuer.control('stop');
  const start = Date.now();
  vi.setSystemTime(start + 23 * HOUR);
  await expectAccepted(issuer, bearer, other);
  vi.setSystemTime(start + 25 * HOUR);
  expect(await list(issuer, bearer)).toMatchObject({ status: 503, json: { code: 'issuer_unavailable' } });
});

test('an unknown key costs a new Worker one reading of the JWKS, and the next rotation is still noticed', async () => {
  const { issuer, session, bearer } = await startSignedIn();
  const [, ...rest] = bearer.split('.');
  const unknown = [btoa('{"alg":"EdDSA","kid":"nobody"}').replaceAll('=', ''), ...rest].join('.');
  expectUnauthorized(await list(issuer, unknown), 'invalid_token');
  expect(await issuer.control('jwksFetches')).toBe(1);
  await issuer.control('rotateKeys');
  await expectAccepted(issuer, await issuer.token(session));
  expect(await issuer.control('jwksFetches')).toBe(2);
});

test.each(['/', '/api/auth', '/api/auth/'])('BETTER_AUTH_URL may end with %s', async (path) => {
  const { bearer, env } = await startSignedIn();
  const BETTER_AUTH_URL = `${env.BETTER_AUTH_URL}${path}`;
  expect(await call('GET /api/tasks', { bearer, env: { ...env, BETTER_AUTH_URL } })).toMatchObject({ status: 200 });
});
