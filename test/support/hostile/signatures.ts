import {
  base64url,
  by,
  encode,
  fromBase64url,
  headerOf,
  hex,
  joined,
  mac,
  type Signer,
  seal,
  segmentsOf,
  utf8,
} from './forge.ts';
import { bearer, type Family, forged, made, type World } from './types.ts';

type Kind = { kind: string; header: { alg: string; kid?: string }; sign: Signer };

/** Each kind of token that the API takes, with who may sign it. */
function kinds({ secret, keys }: World): Kind[] {
  return [
    { kind: 'HS256', header: { alg: 'HS256' }, sign: mac(secret) },
    ...Object.values(keys).map((key) => ({ kind: key.alg, header: headerOf(key), sign: by(key) })),
  ];
}

/** Wycheproof's `rejectsMissing…` and `rejectsExtra…`, for each algorithm, and segments in another order. */
export const segments: Family = (world) => {
  const perKind = kinds(world).map(async ({ kind, header, sign }) => {
    const right = segmentsOf(await seal(header, world.claims, sign));
    return made(shapes.map((shape) => bearer(`${kind}, ${shape}`, filled(shape, right))));
  });
  return made(perKind);
};

/** Header, payload and signature, as they should not stand. */
// biome-ignore format: a list of words
const shapes = [
  'H', 'P', 'S', 'H.P', 'H.S', 'P.S', '.', '..', '...',
  'H.P.', 'H..S', '.P.S', 'H..', '.P.', '..S',
  'H.P.S.', '.H.P.S', 'H.P.S.S', 'H.P..S', 'H..P.S', 'H.P.S..', 'H.P.S.H.P.S',
  'S.P.H', 'P.H.S', 'H.S.P', 'S.H.P', 'P.S.H', 'P.P.S',
];

function filled(shape: string, [header, payload, signature]: [string, string, string]): string {
  return shape.replaceAll(/[HPS]/g, (letter) => ({ H: header, P: payload })[letter] ?? signature);
}

/** Tokens that were right until one bit, one claim or one segment was changed. */
export const alterations: Family = (world) => made(kinds(world).map((kind) => alterationsOf(kind, world)));

async function alterationsOf({ kind, header, sign }: Kind, { claims }: World) {
  const marked = { ...header, typ: 'JWT', 'x-mark': 'a' };
  const [h, p, s] = segmentsOf(await seal(marked, claims, sign));
  const [, otherPayload, otherSignature] = segmentsOf(await seal(marked, { ...claims, jti: 'other' }, sign));
  const altered: [string, string][] = [
    ['one bit of the header', `${encode({ ...marked, 'x-mark': 'c' })}.${p}.${s}`],
    ['the header in another order', `${encode(Object.fromEntries(Object.entries(marked).reverse()))}.${p}.${s}`],
    ['white space in the header', `${encode(`${JSON.stringify(marked)} `)}.${p}.${s}`],
    ['another subject', `${h}.${encode({ ...claims, sub: `${claims.sub}y` })}.${s}`],
    ['a later expiry', `${h}.${encode({ ...claims, exp: claims.exp + 1 })}.${s}`],
    ['an expiry long past', `${h}.${encode({ ...claims, exp: 1 })}.${s}`],
    ['white space in the payload', `${h}.${encode(` ${JSON.stringify(claims)}`)}.${s}`],
    ['the header for its payload', `${h}.${h}.${s}`],
    ["another token's payload", `${h}.${otherPayload}.${s}`],
    ["another token's signature", `${h}.${p}.${otherSignature}`],
    ...flips(s).map(([name, flipped]): [string, string] => [name, `${h}.${p}.${flipped}`]),
  ];
  return made(altered.map(([what, token]) => forged(`${kind}, ${what}`, token)));
}

/** The signature with a single bit changed: at both ends and around the middle, in high and low bits. */
function flips(signature: string): [name: string, flipped: string][] {
  const bytes = fromBase64url(signature);
  const middle = bytes.length >> 1;
  return [0, middle - 1, middle, bytes.length - 1].flatMap((at) =>
    [1, 128].map((bit): [string, string] => [
      `bit ${bit} of byte ${at} of the signature`,
      base64url(bytes.map((byte, i) => (i === at ? byte ^ bit : byte))),
    ]),
  );
}

/** Right keys that signed something else than the token, and other keys that signed the token. */
export const wrongSigners: Family = (world) => {
  const { claims, keys, strangers, second } = world;
  const changes: [string, (signed: Uint8Array) => Uint8Array][] = [
    ['the payload alone', () => utf8(encode(claims))],
    ['the decoded payload', () => utf8(JSON.stringify(claims))],
    ['nothing', () => new Uint8Array()],
    ['a dot too many', (signed) => joined(signed, utf8('.'))],
  ];
  return made(
    kinds(world).flatMap(({ kind, header, sign }) =>
      changes.map(([what, change]) =>
        forged(
          `${kind} signed over ${what}`,
          seal(header, claims, (signed) => sign(change(signed))),
        ),
      ),
    ),
    Object.values(strangers).flatMap((key) => [
      forged(`a stranger's ${key.alg} key under the issuer's kid`, seal(headerOf(keys[key.alg]), claims, by(key))),
      bearer(`a stranger's ${key.alg} key under its own kid`, seal(headerOf(key), claims, by(key))),
    ]),
    forged("one EdDSA key under another's kid", seal(headerOf(second), claims, by(keys.EdDSA))),
    forged("the other EdDSA key under the first's kid", seal(headerOf(keys.EdDSA), claims, by(second))),
  );
};

/** Secrets that are guessed first, and near misses of the right one. */
export const wrongSecrets: Family = async ({ claims, secret }) => {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', utf8(secret)));
  // biome-ignore format: a list of words
  const guesses = [
    '', ' ', 'secret', 'password', 'changeme', 'your-256-bit-secret', 'your-secret-key', 'shhhhh', 'jwt', 'undefined', 'null',
    '[object Object]', 'HS256', '0'.repeat(32), 'better-auth-secret-123456789012345678901234567890', 'BETTER_AUTH_SECRET',
    `${secret} `, `${secret}\n`, ` ${secret}`, `"${secret}"`, secret.toUpperCase(), secret.slice(0, -1), secret.slice(1), secret.slice(0, 32),
    secret + secret, [...secret].reverse().join(''), btoa(secret), hex(utf8(secret)), hex(digest), digest,
  ];
  return made(
    guesses.map((guess) =>
      forged(`HS256 with ${JSON.stringify(guess)}`, seal({ alg: 'HS256', typ: 'JWT' }, claims, mac(guess))),
    ),
  );
};
