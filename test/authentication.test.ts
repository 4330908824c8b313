import { afterEach, describe, expect, test, vi } from 'vitest';
import { call, createTask, freshUser, overNeon, SECRET, token } from './support/api.ts';

const hour = 3600;
const now = () => Math.floor(Date.now() / 1000);

/** What a token gets at both addresses; the address of its own user, so that nothing but the token is at fault. */
async function answersTo(authorization: string | undefined, user = freshUser()) {
  const headers: Record<string, string> = authorization === undefined ? {} : { Authorization: authorization };
  const answers = await Promise.all(
    ['/api/tasks', `/api/${user}/tasks`].map((path) => call(`GET ${path}`, { headers })),
  );
  return answers.map(({ status, json, headers }) => ({ status, json, challenge: headers.get('www-authenticate') }));
}

const refused = (code: string, detail: string, description: string) => {
  const challenge = `Bearer realm="taskflow", error="invalid_token", error_description="${description}"`;
  const answer = { status: 401, json: { detail, code }, challenge };
  return [answer, answer];
};

test('S0 US1.1, S1 US1.1, S2 US1.2, S3 US2.1, S0 FR-001, S1 FR-001, S1 FR-002, S2 FR-001, S3 FR-002: a valid token opens its user’s tasks', async () => {
  const user = freshUser();
  const task = await createTask(user);
  for (const path of ['/api/tasks', `/api/${user}/tasks`]) {
    expect(await call(`GET ${path}`, { user })).toMatchObject({ status: 200, json: [task] });
  }
});

test('S0 US3.2, S1 US1.2, S2 US1.1, S3 US2.3, S0 SC-002: without an Authorization header, 401 "Not authenticated" and a challenge without an error', async () => {
  const answer = {
    status: 401,
    json: { detail: 'Not authenticated', code: 'not_authenticated' },
    challenge: 'Bearer realm="taskflow"',
  };
  expect(await answersTo(undefined)).toEqual([answer, answer]);
});

test('S0 US1.2, S1 US1.3, S3 US2.2, S1 SC-002: an expired token gets 401 "Token expired"', async () => {
  const expired = await token({ sub: freshUser(), exp: now() - 1 });
  expect(await answersTo(`Bearer ${expired}`)).toEqual(refused('token_expired', 'Token expired', 'the token expired'));
});

test('S0 EC4, S2 EC1: a session’s token that expires between two requests is refused by the second', async () => {
  const user = freshUser();
  const short = await token({ sub: user, exp: Date.now() / 1000 + 1.2 });
  expect((await call('GET /api/tasks', { bearer: short })).status).toBe(200);
  await new Promise((done) => setTimeout(done, 1300));
  expect((await call('GET /api/tasks', { bearer: short })).json.code).toBe('token_expired');
});

test.each(['Bearer garbage', 'Bearer a.b.c', 'Bearer', 'Bearer ', 'Bearer a.b', 'Basic dXNlcjpwYXNz', 'a.b.c'])(
  'S1 US1.4, S3 EC1: "%s" gets 401 "Invalid token"',
  async (authorization) => {
    const [atToken, atPath] = await answersTo(authorization);
    expect(atToken).toMatchObject({ status: 401, json: { detail: 'Invalid token', code: 'invalid_token' } });
    expect(atToken?.challenge).toContain('error="invalid_token"');
    expect(atPath).toEqual(atToken);
  },
);

test('S1 EC2: a token signed with another secret gets 401 "Invalid token signature"', async () => {
  const forged = await token({ sub: freshUser() }, 'another-secret-of-32-characters-!!');
  expect(await answersTo(`Bearer ${forged}`)).toEqual(
    refused('invalid_signature', 'Invalid token signature', 'the signature does not match'),
  );
});

test('of a token with a wrong signature nothing is said but that, were it expired or without a user', async () => {
  const forged = await token({ exp: 1 }, 'another-secret-of-32-characters-!!');
  expect((await answersTo(`Bearer ${forged}`))[0]?.json.code).toBe('invalid_signature');
});

describe('a token that was taken before', () => {
  const taken = async (claims: Record<string, unknown> = {}) => {
    const bearer = await token({ sub: freshUser(), ...claims });
    expect((await call('GET /api/tasks', { bearer })).status).toBe(200);
    return bearer;
  };

  test('S1 EC2: opens nothing once the secret is another, and all that it did where the secret is back', async () => {
    const bearer = await taken();
    const env = { BETTER_AUTH_SECRET: 'another-secret-of-32-characters-!!' };
    for (let times = 0; times < 2; times++) {
      expect((await call('GET /api/tasks', { bearer, env })).json.code).toBe('invalid_signature');
      expect((await call('GET /api/tasks', { bearer })).status).toBe(200);
    }
  });

  test.each(['JWT_ISSUER', 'JWT_AUDIENCE'])('is refused where %s asks for another', async (name) => {
    const bearer = await taken({ iss: 'https://a.example.com', aud: 'a' });
    const env = { [name]: 'https://b.example.com' };
    expect((await call('GET /api/tasks', { bearer, env })).json.code).toBe('invalid_token');
  });

  test('lends nothing to one of another signature, or of other claims', async () => {
    const [header, payload, signature] = (await taken()).split('.');
    const [, another, itsSignature] = (await taken()).split('.');
    for (const forged of [`${header}.${payload}.${itsSignature}`, `${header}.${another}.${signature}`])
      expect((await call('GET /api/tasks', { bearer: forged })).json.code).toBe('invalid_signature');
  });

  // Here the Worker and the test are one isolate.
  describe.runIf(overNeon)('and how often it is verified', () => {
    const verifications = () => vi.spyOn(crypto.subtle, 'verify').mock.calls.length;
    afterEach(() => void vi.restoreAllMocks());

    test('is once, and once more when a thousand others have come since', async () => {
      const before = verifications();
      const bearer = await taken();
      expect((await call('GET /api/tasks', { bearer })).status).toBe(200);
      expect(verifications() - before).toBe(1);
      for (let others = 0; others < 1000; others++)
        expect((await call('GET /api/tasks?limit=0', { user: freshUser() })).status).toBe(422);
      expect((await call('GET /api/tasks', { bearer })).status).toBe(200);
      expect(verifications() - before).toBe(1 + 1000 + 1);
    });

    test('is each time, where it has more than 2,048 characters', async () => {
      const before = verifications();
      const bearer = await taken({ name: 'x'.repeat(2048) });
      expect((await call('GET /api/tasks', { bearer })).status).toBe(200);
      expect(verifications() - before).toBe(2);
    });
  });
});

test('a token without an expiry is refused, and told why', async () => {
  const endless = await token({ sub: freshUser(), exp: undefined });
  expect(await answersTo(`Bearer ${endless}`)).toEqual(
    refused('invalid_token', 'Invalid token', 'the token has no expiry'),
  );
});

test.each(['bearer', 'BEARER', 'BeArEr'])('the scheme may be spelled %s', async (scheme) => {
  const bearer = await token({ sub: freshUser() });
  expect((await call('GET /api/tasks', { headers: { Authorization: `${scheme} ${bearer}` } })).status).toBe(200);
});

describe('clocks', () => {
  test.each(['nbf', 'iat'])('%s may lie up to 30 s ahead', async (claim) => {
    const ahead = await token({ sub: freshUser(), [claim]: now() + 28 });
    expect((await call('GET /api/tasks', { bearer: ahead })).status).toBe(200);
  });

  test.each(['nbf', 'iat'])('%s further ahead is refused', async (claim) => {
    const ahead = await token({ sub: freshUser(), [claim]: now() + 40 });
    expect(await answersTo(`Bearer ${ahead}`)).toEqual(
      refused('invalid_token', 'Invalid token', 'the token is not valid yet'),
    );
  });
});

describe('S0 FR-001, S1 FR-003, S3 A-004: the user', () => {
  test.each([undefined, '', 'x'.repeat(256), 'a\u0000b', 'a\nb', '\ud800', 7, null, {}, ['x'], true])(
    'is not %j',
    async (sub) => {
      const answer = await call('GET /api/tasks', { bearer: await token({ sub }) });
      expect([answer.status, answer.json.detail]).toEqual([401, 'Invalid token']);
    },
  );

  test.each(['x', 'KAVLODdFppSE0PZUE9yl69vXJMfJYzO1', '😀'.repeat(255), '__proto__', "o'; drop table tasks; --"])(
    'may be %j',
    async (sub) => {
      const bearer = await token({ sub });
      expect((await call('GET /api/tasks', { bearer })).status).toBe(200);
      expect((await call(`GET /api/${encodeURIComponent(sub)}/tasks`, { bearer })).status).toBe(200);
    },
  );

  test('is that of a Better Auth session token, which has no sub', async () => {
    const user = freshUser();
    const task = await createTask(user);
    const bearer = await token({ session: { userId: user, token: 'x' }, user: { id: user, email: 'a@example.com' } });
    expect(await call('GET /api/tasks', { bearer })).toMatchObject({ status: 200, json: [task] });
  });

  test.each([
    { session: { userId: 'a' }, user: { id: 'b' } },
    { session: {}, user: { id: 'b' } },
    { session: { userId: 'a' } },
    { user: { id: 'b' } },
    { id: 'a', userId: 'a', user_id: 'a', email: 'a@example.com' },
    { email: 'a@example.com', updateTo: 'b@example.com' },
    { sub: 7, session: { userId: 'a' }, user: { id: 'a' } },
  ])('is not taken from %j', async (claims) => {
    const answer = await call('GET /api/tasks', { bearer: await token(claims) });
    expect([answer.status, answer.json.detail]).toEqual([401, 'Invalid token']);
  });
});

describe('JWT_ISSUER and JWT_AUDIENCE', () => {
  const env = { JWT_ISSUER: 'https://app.example.com', JWT_AUDIENCE: 'tasks' };
  test.each([
    [200, { iss: 'https://app.example.com', aud: 'tasks' }],
    [200, { iss: 'https://app.example.com', aud: ['other', 'tasks'] }],
    [401, { iss: 'https://app.example.com', aud: 'other' }],
    [401, { iss: 'https://app.example.com' }],
    [401, { iss: 'https://evil.example.com', aud: 'tasks' }],
    [401, { aud: 'tasks' }],
    [401, { iss: ['https://app.example.com'], aud: 'tasks' }],
  ])('where set, answer %i to %j', async (status, claims) => {
    const bearer = await token({ sub: freshUser(), exp: now() + hour, ...claims });
    expect((await call('GET /api/tasks', { bearer, env })).status).toBe(status);
  });
});

test.each(['-----BEGIN PUBLIC KEY----- as a secret', '-----BEGIN PRIVATE KEY----- as a secret'])(
  'the secret "%s" is a secret like any other',
  async (secret) => {
    const bearer = await token({ sub: freshUser() }, SECRET);
    expect((await call('GET /api/tasks', { bearer, env: { BETTER_AUTH_SECRET: secret } })).json.code).toBe(
      'invalid_signature',
    );
    const signed = await hmacToken({ sub: freshUser(), exp: now() + hour }, secret);
    expect((await call('GET /api/tasks', { bearer: signed, env: { BETTER_AUTH_SECRET: secret } })).status).toBe(200);
  },
);

/** Signs as any other library would: the signer of `hono/jwt` takes such a secret for a PEM. */
async function hmacToken(payload: object, secret: string): Promise<string> {
  const part = (value: object) =>
    btoa(JSON.stringify(value)).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
  const bytes = new TextEncoder().encode(secret);
  const key = await crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(payload)}`;
  const mac = new Uint8Array(await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(signed)));
  return `${signed}.${btoa(String.fromCharCode(...mac))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '')}`;
}
