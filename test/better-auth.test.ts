import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { addresses, call } from './support/api.ts';
import type { Algorithm } from './support/better-auth.ts';
import { expectRefusal, useEveryMethod } from './support/expectations.ts';
import { headerOf, Issuer, signedIn } from './support/issuer.ts';

const algorithms: Algorithm[] = ['EdDSA', 'ES256', 'ES512', 'RS256', 'PS256'];

/** A real Better Auth server that no other test uses, and one of its users. */
async function start(options = {}) {
  const issuer = await Issuer.start(options);
  return { issuer, env: issuer.env, ...(await signedIn(issuer)) };
}

describe.each(algorithms)('a JWT of Better Auth, signed with %s', (alg) => {
  test.each(addresses)(
    'S1 US1.1, S1 FR-001, S3 US2.1, S3 FR-013, S0 US1.1, S2 US1.2: opens every method at the $address',
    async ({ tasksOf }) => {
      const { issuer, userId, bearer, env } = await start({ alg });
      expect(headerOf(bearer)).toEqual({ alg, kid: expect.any(String) });
      await useEveryMethod(tasksOf(userId), { userId, bearer, env });
      expect(await issuer.ask('fetches')).toBe(1);
    },
  );
});

test('S3 FR-013: Better Auth at its defaults, and no shared secret, is enough', async () => {
  const { issuer, userId, bearer } = await start();
  expect(headerOf(bearer)).toMatchObject({ alg: 'EdDSA' });
  const env = { BETTER_AUTH_URL: issuer.url, BETTER_AUTH_SECRET: '' };
  expect(await call(`GET /api/${userId}/tasks`, { bearer, env })).toMatchObject({ status: 200, text: '[]' });
});

test('the JWT that get-session hands out in set-auth-jwt is taken', async () => {
  const { issuer, session, userId, env } = await start();
  const answer = await issuer.request('GET', 'get-session', { session });
  const bearer = answer.headers.get('set-auth-jwt') ?? '';
  expect(await call(`GET /api/${userId}/tasks`, { bearer, env })).toMatchObject({ status: 200 });
});

test('S3 A-004, S3 FR-003: sub names the user, whatever definePayload leaves of the rest', async () => {
  const { userId, bearer, env } = await start({ payload: ['email'] });
  expect(await call(`GET /api/${userId}/tasks`, { bearer, env })).toMatchObject({ status: 200 });
});

test('a JWT carries the issuer and the audience that JWT_ISSUER and JWT_AUDIENCE may ask for', async () => {
  const { issuer, bearer, env } = await start();
  const asked = { ...env, JWT_ISSUER: issuer.url, JWT_AUDIENCE: issuer.url };
  expect(await call('GET /api/tasks', { bearer, env: asked })).toMatchObject({ status: 200 });
  const other = 'https://other.example.com';
  for (const another of [{ JWT_ISSUER: other }, { JWT_AUDIENCE: other }])
    expectRefusal(await call('GET /api/tasks', { bearer, env: { ...asked, ...another } }), 'invalid_token');
});

test('S0 US1.3, S1 US1.5, S3 US1.3, S2 US1.3: a JWT opens nothing of another user of the same server', async () => {
  const ada = await start();
  const { json: task } = await call('POST /api/tasks', { ...ada, body: { title: 'Mine' } });
  const eve = { env: ada.env, bearer: (await signedIn(ada.issuer)).bearer };
  expect(await call(`GET /api/tasks/${task.id}`, eve)).toMatchObject({ status: 404, json: { code: 'not_found' } });
  expect(await call(`GET /api/${ada.userId}/tasks`, eve)).toMatchObject({ status: 403, json: { code: 'forbidden' } });
});

test('S1 FR-001: a JWT of a Better Auth server that is not ours is refused, and that server is not asked', async () => {
  const [ours, theirs] = [await start(), await start()];
  expectRefusal(await call('GET /api/tasks', { bearer: theirs.bearer, env: ours.env }), 'invalid_token');
  expect(await theirs.issuer.ask('fetches')).toBe(0);
});

test('a JWT outlives the sign-out, until it expires', async () => {
  const { issuer, session, bearer, env } = await start();
  await issuer.request('POST', 'sign-out', { body: {}, session });
  expect(await issuer.attempt('GET', 'token', { session })).toMatchObject({ status: 401 });
  expect(await call('GET /api/tasks', { bearer, env })).toMatchObject({ status: 200 });
});

test('S1 US1.3, S0 US1.2, S3 US2.2, S1 SC-002, S0 EC4: a JWT is refused as soon as it expired', async () => {
  const { bearer, env } = await start({ expirationTime: '3s' });
  expect(await call('GET /api/tasks', { bearer, env })).toMatchObject({ status: 200 });
  await sleep(3100);
  expectRefusal(await call('GET /api/tasks', { bearer, env }), 'token_expired');
});
