import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BetterAuthServer } from '../support/better-auth.ts';
import { step } from '../support/checks.ts';
import type { User } from './user.ts';

/** The token that Better Auth gives the page; empty where nobody is signed in. */
const requestToken = ({ page }: User) =>
  page.evaluate(async () => ((await (await fetch('/api/auth/token')).json()) as { token?: string }).token ?? '');

export async function signIn(user: User, frontend: BetterAuthServer): Promise<void> {
  const { page } = user;

  await step('before the sign-in, the page can read a 401 [S0 US3.2, S1 US1.2]', async () => {
    const { body } = await user.expect(401, 'GET /api/tasks', { token: null });
    assert.deepEqual(body, { detail: 'Not authenticated', code: 'not_authenticated' });
  });

  await step('while the issuer is down, the page shows a 503 and its Retry-After [S1 FR-013]', async () => {
    await page.route('**/api/auth/token', async (route) => {
      const response = await route.fetch();
      await frontend.stop();
      await route.fulfill({ response });
    });
    const { headers, body } = await user.act(503, 'GET /api/tasks', () => user.button('Create account').click());
    assert.equal(body.code, 'issuer_unavailable');
    assert.equal(await page.locator('#list-error').textContent(), 'The token issuer is unavailable');
    await page.unroute('**/api/auth/token');
    await frontend.resume();
    assert.match(headers['retry-after'] ?? '', /^[1-9]\d*$/);
    await sleep(Number(headers['retry-after']) * 1000);
    await user.act(200, 'GET /api/tasks?status=pending', () => page.getByText('Pending').click());
    assert.equal(await page.locator('#list-error').textContent(), '');
  });

  await step('the new user signs out and in again [S3 FR-013]', async () => {
    await user.act(200, 'POST /api/auth/sign-out', () => user.button('Sign out').click());
    assert.equal(await requestToken(user), '');
    await user.field('Password').fill('a wrong password');
    const refused = await user.act(401, 'POST /api/auth/sign-in/email', () => user.button('Sign in').click());
    assert.equal(await page.locator('#sign-in .error').textContent(), refused.body.message);
    await user.field('Password').fill('analytical engine');
    const signedIn = await user.act(200, 'POST /api/auth/sign-in/email', () => user.button('Sign in').click());
    user.id = signedIn.body.user.id;
    assert.equal(await page.locator('#email').textContent(), 'ada@example.com');
  });

  await step('Better Auth gives the page a JWT [S3 US2.1]', async () => {
    user.token = await requestToken(user);
    assert.match(user.token, /^[\w-]+\.[\w-]+\.[\w-]+$/);
  });

  await step('after a reload, the page shows the tasks of whoever is signed in', async () => {
    await page.reload();
    await page.locator('#email', { hasText: 'ada@example.com' }).waitFor();
    await user.act(200, 'GET /api/tasks?status=completed', () => page.getByText('Completed').click());
    await user.act(200, 'GET /api/tasks', () => page.getByText('All', { exact: true }).click());
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

  await step('the page shows the 401 of a forged token, and of none [S1 EC2, S1 US1.4]', async () => {
    const forged = await user.act(401, 'GET /api/tasks', () => user.button('Forged token').click());
    assert.equal(forged.body.code, 'invalid_signature');
    const none = await user.act(401, 'GET /api/tasks', () => user.button('No token').click());
    assert.equal(none.body.code, 'not_authenticated');
    assert.equal((await user.expect(401, 'GET /api/tasks', { token: 'a.b.c' })).body.code, 'invalid_token');
  });

  await step('after the sign-out there is no new token, and the last one is valid until it expires', async () => {
    await user.act(200, 'POST /api/auth/sign-out', () => user.button('Sign out').click());
    assert.equal(await requestToken(user), '');
    await user.expect(200, 'GET /api/tasks');
  });
}
