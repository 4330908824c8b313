import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { type Answer, addresses, call } from './support/api.ts';
import type { Algorithm } from './support/better-auth.ts';
import { Issuer, type Session, signedIn } from './support/issuer.ts';

const algorithms: Algorithm[] = ['EdDSA', 'ES256', 'ES512', 'RS256', 'PS256'];
const strategies = ['compact', 'jwe'] as const;

type Caller = { userId: string; bearer: string; env: Issuer['env'] };

function expectRefusal(answer: Answer, detail: string, code: string): void {
  expect(answer).toMatchObject({ status: 401, json: { detail, code } });
  expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer realm="[^"]+", error="invalid_token"/);
}

/** Uses every method of the API as this user. */
async function useEveryMethod(tasks: string, { userId, ...credentials }: Caller): Promise<void> {
  const send = (methodAndPath: string, body?: unknown) => call(methodAndPath, { ...credentials, body });
  expect(await send(`GET ${tasks}`)).toMatchObject({ status: 200, text: '[]' });
  const created = await send(`POST ${tasks}`, { title: 'Buy groceries' });
  expect(created).toMatchObject({ status: 201, json: { user_id: userId, title: 'Buy groceries', completed: false } });
  const at = `${tasks}/${created.json.id}`;
  expect(await send(`GET ${tasks}`)).toMatchObject({ status: 200, json: [created.json] });
  expect(await send(`GET ${at}`)).toMatchObject({ status: 200, json: created.json });
  expect(await send(`PUT ${at}`, { title: 'Buy bread' })).toMatchObject({ status: 200, json: { title: 'Buy bread' } });
  const changed = { title: 'Buy bread', description: 'Rye' };
  expect(await send(`PATCH ${at}`, { description: 'Rye' })).toMatchObject({ status: 200, json: changed });
  expect(await send(`PATCH ${at}/complete`)).toMatchObject({ status: 200, json: { ...changed, completed: true } });
  expect(await send(`DELETE ${at}`)).toMatchObject({ status: 204, text: '' });
  expect(await send(`GET ${at}`)).toMatchObject({ status: 404, json: { code: 'not_found' } });
}

/** The one cookie of Better Auth's `cookieCache`, which frontends hand on as a token. */
function sessionData({ cookies }: Session): string {
  return cookies.get('better-auth.session_data') ?? '';
}

describe('a JWT from /api/auth/token', () => {
  describe.each(algorithms)('signed with %s', (alg) => {
    test.each(addresses)(
      'S1 FR-001, S3 US2.1, S3 FR-013, S0 US1.1: opens every method at the $address',
      async ({ tasksOf }) => {
        const issuer = await Issuer.start({ alg });
        const { userId, bearer } = await signedIn(issuer);
        await useEveryMethod(tasksOf(userId), { userId, bearer, env: issuer.env });
        expect(await issuer.ask('fetches')).toBe(1);
      },
    );
  });

  test('S3 FR-013: opens the API where Better Auth is left at its defaults, and with no shared secret', async () => {
    const issuer = await Issuer.start();
    const { userId, bearer } = await signedIn(issuer);
    const env = { BETTER_AUTH_URL: issuer.url, BETTER_AUTH_SECRET: '' };
    expect(JSON.parse(atob(bearer.split('.')[0] ?? ''))).toMatchObject({ alg: 'EdDSA' });
    expect(await call(`GET /api/${userId}/tasks`, { bearer, env })).toMatchObject({ status: 200, text: '[]' });
  });

  test('is the one that get-session hands out in set-auth-jwt', async () => {
    const issuer = await Issuer.start();
    const session = await issuer.signIn();
    const bearer = (await issuer.request('GET', 'get-session', { session })).headers.get('set-auth-jwt') ?? '';
    expect(await call(`GET /api/${session.userId}/tasks`, { bearer, env: issuer.env })).toMatchObject({ status: 200 });
  });

  test('S3 A-004: names its user by sub, whatever definePayload leaves of the rest', async () => {
    const issuer = await Issuer.start({ payload: ['email'] });
    const { userId, bearer } = await signedIn(issuer);
    expect(await call(`GET /api/${userId}/tasks`, { bearer, env: issuer.env })).toMatchObject({ status: 200 });
  });

  test('carries the issuer and the audience that JWT_ISSUER and JWT_AUDIENCE ask for', async () => {
    const issuer = await Issuer.start();
    const { bearer } = await signedIn(issuer);
    const asked = { ...issuer.env, JWT_ISSUER: issuer.url, JWT_AUDIENCE: issuer.url };
    expect(await call('GET /api/tasks', { bearer, env: asked })).toMatchObject({ status: 200 });
    for (const other of [{ JWT_ISSUER: 'https://other.example' }, { JWT_AUDIENCE: 'https://other.example' }])
      expectRefusal(
        await call('GET /api/tasks', { bearer, env: { ...asked, ...other } }),
        'Invalid token',
        'invalid_token',
      );
  });

  test('S0 US1.3, S1 US1.5: opens nothing of another user of the same server', async () => {
    const issuer = await Issuer.start();
    const [ada, eve] = [await signedIn(issuer), await signedIn(issuer)];
    const sent = { env: issuer.env, body: { title: 'Mine' } };
    const { json: task } = await call('POST /api/tasks', { ...sent, bearer: ada.bearer });
    const byEve = { env: issuer.env, bearer: eve.bearer };
    expect(await call(`GET /api/tasks/${task.id}`, byEve)).toMatchObject({ status: 404 });
    expect(await call(`GET /api/${ada.userId}/tasks`, byEve)).toMatchObject({
      status: 403,
      json: { code: 'forbidden' },
    });
  });

  test('S1 FR-001: of a server that we do not trust is refused', async () => {
    const [ours, theirs] = [await Issuer.start(), await Issuer.start()];
    const { bearer } = await signedIn(theirs);
    expectRefusal(await call('GET /api/tasks', { bearer, env: ours.env }), 'Invalid token', 'invalid_token');
    expect(await theirs.ask('fetches')).toBe(0);
  });

  test('outlives the sign-out, until its own expiry', async () => {
    const issuer = await Issuer.start();
    const { session, bearer } = await signedIn(issuer);
    await issuer.request('POST', 'sign-out', { body: {}, session });
    expect(await issuer.attempt('GET', 'token', { session })).toMatchObject({ status: 401 });
    expect(await call('GET /api/tasks', { bearer, env: issuer.env })).toMatchObject({ status: 200 });
  });

  test('S1 US1.3, S0 US1.2, S3 US2.2, S1 SC-002: is refused once it expired', async () => {
    const issuer = await Issuer.start({ expirationTime: '3s' });
    const { bearer } = await signedIn(issuer);
    expect(await call('GET /api/tasks', { bearer, env: issuer.env })).toMatchObject({ status: 200 });
    await sleep(3100);
    expectRefusal(await call('GET /api/tasks', { bearer, env: issuer.env }), 'Token expired', 'token_expired');
  });
});

describe('what Better Auth signs with the shared secret', () => {
  test.each(addresses)(
    'S1 FR-002, S3 FR-002, S0 FR-001: its session cookie opens every method at the $address',
    async ({ tasksOf }) => {
      const issuer = await Issuer.start({ cookieCache: { strategy: 'jwt' } });
      const session = await issuer.signIn();
      const caller = { userId: session.userId, bearer: sessionData(session), env: issuer.env };
      await useEveryMethod(tasksOf(session.userId), caller);
      expect(await issuer.ask('fetches')).toBe(0);
    },
  );

  test('S1 US1.3: its session cookie is refused once it expired', async () => {
    const issuer = await Issuer.start({ cookieCache: { strategy: 'jwt', maxAge: 1 } });
    const bearer = sessionData(await issuer.signIn());
    await sleep(1100);
    expectRefusal(await call('GET /api/tasks', { bearer, env: issuer.env }), 'Token expired', 'token_expired');
  });

  test('S1 FR-002: its session cookie is refused where the secret is another', async () => {
    const issuer = await Issuer.start({ cookieCache: { strategy: 'jwt' } });
    const bearer = sessionData(await issuer.signIn());
    expectRefusal(await call('GET /api/tasks', { bearer }), 'Invalid token signature', 'invalid_signature');
  });

  test('S1 US1.4: the token of its verification e-mail is refused, at both addresses', async () => {
    const issuer = await Issuer.start();
    const { userId, email } = await issuer.signIn();
    const bearer = await issuer.ask('verification token', email);
    for (const { tasksOf } of addresses)
      expectRefusal(
        await call(`GET ${tasksOf(userId)}`, { bearer, env: issuer.env }),
        'Invalid token',
        'invalid_token',
      );
    await issuer.request('GET', `verify-email?token=${bearer}`);
  });

  test.each(strategies)('S1 US1.4: its %s session cookie is not a JWT, and is refused', async (strategy) => {
    const issuer = await Issuer.start({ cookieCache: { strategy } });
    const session = await issuer.signIn();
    for (const bearer of [sessionData(session), session.cookies.get('better-auth.session_token') ?? '']) {
      expect(bearer.length).toBeGreaterThan(40);
      expectRefusal(await call('GET /api/tasks', { bearer, env: issuer.env }), 'Invalid token', 'invalid_token');
    }
    expect(await issuer.ask('fetches')).toBe(0);
  });
});
