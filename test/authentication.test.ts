import { sign } from 'hono/jwt';
import { describe, expect, test, vi } from 'vitest';
import { type Call, call, createTask, freshUser, routePrefixes, token } from './support/api.ts';
import { expectError, expectUnauthorized } from './support/expectations.ts';

const OTHER_SECRET = 'another-secret-of-32-characters-!!';

const getTasks = (bearer: string, env: Call['env'] = {}) => call('GET /api/tasks', { bearer, env });

describe.each(routePrefixes)('GET $prefix', ({ tasksOf }) => {
  const get = (options: Call, user = freshUser()) => call(`GET ${tasksOf(user)}`, options);

  test.each(['Bearer', 'bearer', 'BEARER'])(
    "%s and a valid token open the user's tasks [S0 US1.1, S1 US1.1, S2 US1.2, S3 US2.1, S0 FR-001, S1 FR-001, S1 FR-002, S2 FR-001, S3 FR-002]",
    async (scheme) => {
      const user = freshUser();
      const task = await createTask(user);
      const headers = { Authorization: `${scheme} ${await token({ sub: user })}` };
      expect(await get({ headers }, user)).toMatchObject({ status: 200, json: [task] });
    },
  );

  test('without an Authorization header, the challenge names no error [S0 US3.2, S1 US1.2, S2 US1.1, S3 US2.3, S0 SC-002]', async () => {
    const response = await get({});
    expectError(response, 'not_authenticated');
    expect(response.headers.get('www-authenticate')).toBe('Bearer realm="taskflow"');
  });

  test('an expired token is refused [S0 US1.2, S1 US1.3, S3 US2.2, S1 SC-002]', async () => {
    const bearer = await token({ sub: freshUser(), exp: Date.now() / 1000 - 1 });
    expectUnauthorized(await get({ bearer }), 'token_expired', 'the token expired');
  });

  test.each(['Bearer garbage', 'Bearer a.b.c', 'Bearer', 'Bearer a.b', 'Basic dXNlcjpwYXNz', 'a.b.c'])(
    'the malformed credentials "%s" are refused [S1 US1.4, S3 EC1]',
    async (Authorization) => {
      expectUnauthorized(await get({ headers: { Authorization } }), 'invalid_token', 'the token is malformed');
    },
  );

  test('a token signed with another secret is refused, whatever its claims [S1 EC2]', async () => {
    for (const claims of [{ sub: freshUser() }, { exp: 1 }]) {
      const response = await get({ bearer: await token(claims, OTHER_SECRET) });
      expectUnauthorized(response, 'invalid_signature', 'the signature does not match');
    }
  });

  test('a token without an expiry is refused', async () => {
    const bearer = await token({ sub: freshUser(), exp: undefined });
    expectUnauthorized(await get({ bearer }), 'invalid_token', 'the token has no expiry');
  });

  test.each(['nbf', 'iat'])('%s may be up to 30 s ahead of our clock', async (claim) => {
    vi.setSystemTime(Date.now());
    const ahead = (seconds: number) => token({ sub: user, [claim]: Date.now() / 1000 + seconds });
    const user = freshUser();
    expect((await get({ bearer: await ahead(30) }, user)).status).toBe(200);
    expectUnauthorized(await get({ bearer: await ahead(30.5) }, user), 'invalid_token', 'the token is not valid yet');
  });

  test.each(['x', 'KAVLODdFppSE0PZUE9yl69vXJMfJYzO1', '😀'.repeat(255), '__proto__', "o'; drop table tasks; --"])(
    'the user may be %j [S0 FR-001, S1 FR-003]',
    async (user) => {
      expect((await get({ user }, user)).status).toBe(200);
    },
  );
});

test('a Better Auth session token, which has no sub, names its user [S3 A-004]', async () => {
  const user = freshUser();
  const task = await createTask(user);
  const bearer = await token({ session: { userId: user, token: 'x' }, user: { id: user, email: 'a@example.com' } });
  expect(await getTasks(bearer)).toMatchObject({ status: 200, json: [task] });
});

const iss = 'https://app.example.com';

test.each([
  [200, { iss, aud: 'tasks' }],
  [200, { iss, aud: ['other', 'tasks'] }],
  [401, { iss, aud: 'other' }],
  [401, { iss }],
  [401, { iss: 'https://evil.example.com', aud: 'tasks' }],
  [401, { aud: 'tasks' }],
  [401, { iss: [iss], aud: 'tasks' }],
])('with JWT_ISSUER and JWT_AUDIENCE set, the response is %i to %j', async (status, claims) => {
  const bearer = await token({ sub: freshUser(), ...claims });
  expect((await getTasks(bearer, { JWT_ISSUER: iss, JWT_AUDIENCE: 'tasks' })).status).toBe(status);
});

test.each(['PUBLIC', 'PRIVATE'])('a secret that looks like a PEM %s key is used as a secret', async (kind) => {
  const secret = `-----BEGIN ${kind} KEY----- as a secret`;
  const hmac = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', new TextEncoder().encode(secret), hmac, false, ['sign']);
  const bearer = await sign({ sub: freshUser(), exp: Date.now() / 1000 + 3600 }, key, 'HS256');
  expect((await getTasks(bearer, { BETTER_AUTH_SECRET: secret })).status).toBe(200);
  expectUnauthorized(await getTasks(bearer), 'invalid_signature');
});
