import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BetterAuthServer } from '../support/better-auth.ts';
import { step } from '../support/checks.ts';
import type { User } from './user.ts';

const credentials = { email: 'ada@example.com', password: 'correct horse battery staple' };

const requestToken = async ({ page }: User) => (await page.evaluate(() => auth.token())).data?.token ?? '';

export async function signIn(user: User, frontend: BetterAuthServer): Promise<void> {
  await step('before the sign-in, the page can read a 401 [S0 US3.2, S1 US1.2]', async () => {
    const { body } = await user.expect(401, 'GET /api/tasks', { token: null });
    assert.deepEqual(body, { detail: 'Not authenticated', code: 'not_authenticated' });
  });

  await step('a new user signs up, out and in with the client of Better Auth [S3 FR-013]', async () => {
    const signedUp = await user.page.evaluate((fields) => auth.signUp.email(fields), { name: 'Ada', ...credentials });
    user.id = signedUp.data?.user.id ?? '';
    await user.page.evaluate(() => auth.signOut());
    assert.equal(await requestToken(user), '');
    const signedIn = await user.page.evaluate((fields) => auth.signIn.email(fields), credentials);
    assert.equal(signedIn.data?.user.id, user.id);
  });

  await step('the client gives the page a JWT [S3 US2.1]', async () => {
    user.token = await requestToken(user);
    assert.match(user.token, /^[\w-]+\.[\w-]+\.[\w-]+$/);
  });

  await step('while the issuer is down, the page can read a 503 and its Retry-After [S1 FR-013]', async () => {
    await frontend.stop();
    const { headers, body } = await user.expect(503, 'GET /api/tasks');
    await frontend.resume();
    assert.equal(body.code, 'issuer_unavailable');
    assert.match(headers['retry-after'] ?? '', /^[1-9]\d*$/);
    await sleep(Number(headers['retry-after']) * 1000);
    await user.expect(200, 'GET /api/tasks');
  });
}

export async function signOut(user: User, frontend: BetterAuthServer): Promise<void> {
  await step('after a rotation of keys, the new token and the old one are valid', async () => {
    const old = user.token;
    frontend.rotateKeys(false);
    user.token = await requestToken(user);
    await user.expect(200, 'GET /api/tasks');
    await user.expect(200, 'GET /api/tasks', { token: old });
    assert.ok(frontend.jwksFetches() <= 3, `${frontend.jwksFetches()} requests for the JWKS`);
  });

  await step('after the sign-out there is no new token, and the last one is valid until it expires', async () => {
    await user.page.evaluate(() => auth.signOut());
    assert.equal(await requestToken(user), '');
    await user.expect(200, 'GET /api/tasks');
  });

  await step('the page can read the 401 of a forged token [S1 EC2, S1 US1.4]', async () => {
    const forged = user.token.replace(/.{10}$/, 'AAAAAAAAAA');
    assert.equal((await user.expect(401, 'GET /api/tasks', { token: forged })).body.code, 'invalid_signature');
    assert.equal((await user.expect(401, 'GET /api/tasks', { token: 'a.b.c' })).body.code, 'invalid_token');
  });
}
