import { expect, test, vi } from 'vitest';
import { cachedToken, cacheToken } from '../src/auth/token-cache.ts';
import { type Call, call, freshUser, SECRET, token } from './support/api.ts';
import { expectUnauthorized } from './support/expectations.ts';
import { startSignedIn } from './support/issuer.ts';

const getTasks = (bearer: string, env: Call['env'] = {}) => call('GET /api/tasks', { bearer, env });

/** @returns a token that the Worker has cached. */
async function cachedBearer(claims: Record<string, unknown> = {}): Promise<string> {
  const bearer = await token({ sub: freshUser(), ...claims });
  expect((await getTasks(bearer)).status).toBe(200);
  return bearer;
}

test('a cached token is not verified again', async () => {
  const verify = vi.spyOn(crypto.subtle, 'verify');
  const bearer = await cachedBearer();
  expect((await getTasks(bearer)).status).toBe(200);
  expect(verify).toHaveBeenCalledTimes(1);
});

test('a cached token is refused from the moment at which it expires [S0 EC4, S2 EC1]', async () => {
  const exp = Math.floor(Date.now() / 1000) + 60;
  const bearer = await cachedBearer({ exp });
  vi.setSystemTime(exp * 1000 - 1);
  expect((await getTasks(bearer)).status).toBe(200);
  vi.setSystemTime(exp * 1000);
  expectUnauthorized(await getTasks(bearer), 'token_expired');
});

test('a cached token is refused 5 minutes after its key was withdrawn, or as soon as the JWKS is read again', async () => {
  const { issuer, session, bearer, env } = await startSignedIn();
  expect((await getTasks(bearer, env)).status).toBe(200);
  await issuer.control('rotateKeys', true);
  const next = await issuer.token(session);
  expect((await getTasks(next, env)).status).toBe(200);
  expectUnauthorized(await getTasks(bearer, env), 'invalid_token');
  await issuer.control('rotateKeys', true);
  vi.setSystemTime(Date.now() + 5 * 60_000);
  expectUnauthorized(await getTasks(next, env), 'invalid_token');
});

test.each([
  ['invalid_signature', { BETTER_AUTH_SECRET: `${SECRET}-other` }],
  ['invalid_token', { JWT_ISSUER: 'b' }],
  ['invalid_token', { JWT_AUDIENCE: 'b' }],
] as const)('a cached token is refused as %s by a Worker with %j [S1 EC2]', async (code, env) => {
  const bearer = await cachedBearer({ iss: 'a', aud: 'a' });
  for (let times = 0; times < 2; times++) {
    expectUnauthorized(await getTasks(bearer, env), code);
    expect((await getTasks(bearer)).status).toBe(200);
  }
});

test('a cached token does not make another signature or other claims valid', async () => {
  const [header, payload, signature] = (await cachedBearer()).split('.');
  const [, otherPayload, otherSignature] = (await cachedBearer()).split('.');
  for (const parts of [`${payload}.${otherSignature}`, `${otherPayload}.${signature}`])
    expectUnauthorized(await getTasks(`${header}.${parts}`), 'invalid_signature');
});

const hmac = { name: 'HMAC', hash: 'SHA-256' };
const key = await crypto.subtle.importKey('raw', new Uint8Array(32), hmac, false, ['verify']);
const verified = { header: { alg: 'HS256' }, claims: {}, key: { algorithm: 'HS256' as const, key } };

test('the 1,001st token evicts the oldest', () => {
  for (let i = 1; i <= 1000; i++) cacheToken(`token ${i}`, verified);
  cacheToken('token 1', verified);
  expect(cachedToken('token 2')).toBe(verified);
  cacheToken('token 1001', verified);
  expect(cachedToken('token 2')).toBeUndefined();
  for (const newer of ['token 1', 'token 3', 'token 1001']) expect(cachedToken(newer)).toBe(verified);
});

test('a token of more than 2,048 characters is not cached', () => {
  for (const length of [2048, 2049]) cacheToken('x'.repeat(length), verified);
  expect(cachedToken('x'.repeat(2048))).toBe(verified);
  expect(cachedToken('x'.repeat(2049))).toBeUndefined();
});
