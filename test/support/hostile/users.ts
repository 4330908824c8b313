import { signedTwice, withClaim } from './claims.ts';
import { encode, mac, type Part, seal } from './forge.ts';
import { bearer, type Family, made } from './types.ts';

/** `sub` must be a string of 1 to 255 characters, none a control character. */
export const subjects: Family = (world) => {
  const { sub, ...without } = world.claims;
  const id = JSON.stringify(sub);
  const session = { user: { id: sub }, session: { userId: sub } };
  // biome-ignore format: a list of words
  const values = [
    '""', '0', '1', '-1', '1.5', '1e999', 'null', 'true', 'false', '[]', '{}', '["a","b"]', `[${id}]`, `[[${id}]]`,
    `{"id":${id}}`, `{"toString":${id}}`, '{"length":5}', `"${'u'.repeat(256)}"`, `"${'u'.repeat(5000)}"`, `"${'😀'.repeat(256)}"`,
    '"\\u0000"', '"a\\u0000b"', '"a\\nb"', '"a\\r\\nb"', '"\\t"', '"\\u001b[31m"', '"a\\u007f"', '"a\\u0085"', '"\\u009f"',
    '"\\ud800"', '"a\\udc00b"', '"\\udc00\\ud800"',
  ];
  return signedTwice(world, [
    ...values.map((json): [string, string] => [`sub ${json.slice(0, 40)}`, withClaim(without, 'sub', json)]),
    ['no sub', without],
    ['sub in capitals', { ...without, SUB: sub }],
    ['another name for sub', { ...without, user_id: sub, userId: sub, uid: sub, id: sub, username: sub }],
    ['sub nested', { ...without, claims: { sub }, constructor: { prototype: { sub } } }],
    ['sub through __proto__', withClaim(without, '__proto__', `{"sub":${id}}`)],
    ['sub twice, the last one null', `{"sub":${id},"exp":${without.exp},"sub":null}`],
    ['a session, but an empty sub', { ...without, ...session, sub: '' }],
    ['a session, but a sub of null', { ...without, ...session, sub: null }],
    ['a session, but a number for its sub', { ...without, ...session, sub: 7 }],
  ]);
};

/** Better Auth's session token names a user only where `user.id` is `session.userId`, and an id. */
export const sessions: Family = ({ claims, secret }) => {
  const { sub: id, ...times } = claims;
  const same = (value: unknown) => ({ user: { id: value }, session: { userId: value } });
  const whole = { user: { id, email: 'alice@example.com' }, session: { userId: id, token: 'opaque' } };
  const proto = `{"user":{"__proto__":{"id":"${id}"}},"session":{"__proto__":{"userId":"${id}"}},"exp":${times.exp}}`;
  const token = (payload: Part) => seal({ alg: 'HS256' }, payload, mac(secret));
  const pairs = [
    { user: { id }, session: { userId: `${id}x` } },
    { user: { id: `${id}x` }, session: { userId: id } },
    { user: { id }, session: { userId: id.toUpperCase() } },
    { user: { id: '7' }, session: { userId: 7 } },
    { user: { id } },
    { session: { userId: id } },
    { user: { id }, session: {} },
    { user: {}, session: { userId: id } },
    { user: {}, session: {} },
    { user: { id }, session: null },
    { user: null, session: { userId: id } },
    { user: null, session: null },
    { user: id, session: id },
    { user: [id], session: [id] },
    { user: [{ id }], session: [{ userId: id }] },
    { user: { userId: id }, session: { id } },
    { user: { id }, session: { user_id: id } },
    { user: { id }, session: { user: { id } } },
    { User: { id }, Session: { userId: id } },
    { session: whole },
    { data: whole },
    { user: JSON.stringify({ id }), session: JSON.stringify({ userId: id }) },
    ...[7, null, true, [id], { id }, '', 'a\nb', 'u'.repeat(256), '\ud800'].map(same),
  ];
  return made(
    pairs.map((pair) => bearer(JSON.stringify(pair).slice(0, 80), token({ ...times, ...pair }))),
    bearer('ids through __proto__', token(proto)),
    bearer('a session without expiry', token(whole)),
    bearer('an expired session', token({ ...whole, exp: times.iat - 1 }), 'token_expired'),
  );
};

/** What else Better Auth hands out, or signs with the same secret. None of it says who is signed in. */
export const otherTokens: Family = ({ claims, secret, user }) => {
  const { sub: _, ...times } = claims;
  const email = 'alice@example.com';
  const updateTo = 'alice@example.org';
  const payloads = [
    { email },
    { email, updateTo },
    { email, updateTo, requestType: 'change-email-verification' },
    { email, updateTo, requestType: 'change-email-confirmation' },
    { email, user: { id: user, email } },
    { email, session: { userId: user } },
    { callbackURL: '/', codeVerifier: 'v', expiresAt: Date.now() + 600_000 },
    { id: user, email, emailVerified: true, name: 'Alice' },
    { jti: crypto.randomUUID(), scope: 'openid', client_id: 'app' },
  ];
  const opaque = 'KAVLODdFppSE0PZUE9yl69vXJMfJYzO1';
  const session = { session: { session: { userId: user }, user: { id: user } }, expiresAt: Date.now() + 300_000 };
  return made(
    payloads.map((payload) =>
      bearer(JSON.stringify(payload).slice(0, 80), seal({ alg: 'HS256' }, { ...payload, ...times }, mac(secret))),
    ),
    bearer('the opaque session token', opaque),
    bearer('the signed session cookie', `${opaque}.${btoa('0'.repeat(32))}`),
    bearer('the signed session cookie, as a browser keeps it', `${opaque}.${encodeURIComponent(btoa('?'.repeat(32)))}`),
    bearer('the compact session cache', encode({ ...session, signature: 'x' })),
    bearer('the encrypted session cache', `${encode({ alg: 'dir', enc: 'A256CBC-HS512', kid: 'x' })}..AAAA.BBBB.CCCC`),
    bearer('an API key', `key_${opaque}`),
    bearer('the secret itself', secret),
  );
};
