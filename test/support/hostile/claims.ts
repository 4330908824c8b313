import { by, headerOf, joined, mac, type Part, seal, utf8, utf16 } from './forge.ts';
import { bearer, type Family, type Hostile, made, type Refusal, type World } from './types.ts';

type Payload = [name: string, payload: Part, refusal?: Refusal];

/** The same payloads, each rightly signed both with the secret and with a key of the issuer's. */
export function signedTwice({ secret, keys: { EdDSA } }: World, payloads: Payload[]): Promise<Hostile[]> {
  return made(
    payloads.flatMap(([name, payload, refusal]) => [
      bearer(`HS256, ${name}`, seal({ alg: 'HS256', typ: 'JWT' }, payload, mac(secret)), refusal),
      bearer(`EdDSA, ${name}`, seal(headerOf(EdDSA), payload, by(EdDSA)), refusal),
    ]),
  );
}

/** A payload with a claim that is written as `json`, which JSON.stringify might not write. */
export function withClaim(claims: object, name: string, json: string): string {
  const others = Object.fromEntries(Object.entries(claims).filter(([other]) => other !== name));
  return `${JSON.stringify(others).slice(0, -1)},${JSON.stringify(name)}:${json}}`;
}

/** RFC 7519 §7.2: the payload must be a JSON object, in UTF-8. */
export const noObjects: Family = async (world) => {
  const { claims, secret } = world;
  const text = JSON.stringify(claims);
  const nested = await seal({ alg: 'HS256' }, claims, mac(secret));
  // biome-ignore format: a list of words
  const texts = [
    '1', '0', '-', '1e999', '"s"', '""', 'null', 'true', 'false', 'undefined', ' ', '{', '{}', '[]', `[${text}]`, '[["sub","user"]]',
    `${text}}`, text.slice(0, -1), text + text, `${text}x`, `${text},`, `${text}\0`, text.replace('{', '{,'), text.replaceAll('"', "'"),
    JSON.stringify(text), nested, JSON.stringify(nested), '{"exp":NaN}', 'sub=user&exp=9999999999', '<sub>user</sub>',
  ];
  const withBytes = (...bytes: number[]) => joined(utf8('{"x":"'), bytes, utf8(`",${text.slice(1)}`));
  const subOf = (...bytes: number[]) => joined(utf8(`{"exp":${claims.exp},"sub":"`), bytes, utf8('"}'));
  return signedTwice(world, [
    ...texts.map((json): Payload => [`payload ${json.slice(0, 40)}`, json]),
    ['payload in UTF-16', utf16(text)],
    ['payload of random bytes', crypto.getRandomValues(new Uint8Array(64))],
    ['payload with a byte that is no UTF-8', withBytes(255)],
    ['payload with an overlong letter', withBytes(0xc1, 0xa1)],
    ['payload with a surrogate in UTF-8', withBytes(0xed, 0xa0, 0x80)],
    ['sub of bytes that are no UTF-8', subOf(255, 254)],
    ['sub cut within a character', subOf(0x61, 0xf0, 0x9f, 0x98)],
  ]);
};

/** `exp` is required, a number, and held to exactly. */
export const expiry: Family = (world) => {
  const { claims } = world;
  const { exp, ...without } = claims;
  const now = claims.iat;
  // biome-ignore format: a list of words
  const malformed = [
    'null', 'true', 'false', '[]', '{}', '""', '"tomorrow"', `"${exp}"`, `"${new Date(exp * 1000).toISOString()}"`, `[${exp}]`, `{"valueOf":${exp}}`,
    '1e999', '-1e999', '"Infinity"', '"NaN"', 'NaN', 'Infinity', `0x${exp.toString(16)}`, `+${exp}`, `0${exp}`, `${exp}n`,
  ];
  const past = [0, -0, -1, 1, 0.5, 1e-9, -exp, -1e300, now, now - 0.5, now - 1, now - 29, now - 86_400];
  return signedTwice(world, [
    ['no exp', without],
    ['exp in capitals', { ...without, EXP: exp }],
    ['another name for exp', { ...without, expires: exp, expiresAt: exp, expires_in: 3600 }],
    ['exp through __proto__', withClaim(without, '__proto__', `{"exp":${exp}}`)],
    ...malformed.map((json): Payload => [`exp ${json}`, withClaim(claims, 'exp', json)]),
    ...past.map((time): Payload => [`exp ${time}`, { ...claims, exp: time }, 'token_expired']),
    ['exp twice, the last one past', `{"sub":"${claims.sub}","exp":${exp},"exp":${now - 60}}`, 'token_expired'],
  ]);
};

/** `nbf` and `iat` are numbers, and at most 30 s ahead. */
export const notYetValid: Family = (world) => {
  const { claims } = world;
  const now = claims.iat;
  // biome-ignore format: a list of words
  const values = [
    `${now + 120}`, `${now + 86_400}`, `${now * 1000}`, '1e300', '1e999', '-1e999',
    `"${now}"`, '"yesterday"', '""', `[${now}]`, '[]', '{}', 'null', 'true', 'false',
  ];
  return signedTwice(
    world,
    ['nbf', 'iat'].flatMap((name) => values.map((json): Payload => [`${name} ${json}`, withClaim(claims, name, json)])),
  );
};

/** RFC 8725 §3.8 and §3.9: tokens that were issued by, or for, somebody else. */
export const issuerAndAudience: Family = async (world) => {
  const [iss, aud] = ['https://app.example.com', 'https://api.example.com'];
  // biome-ignore format: a list of words
  const others = (right: string): unknown[] => [
    undefined, null, '', 0, true, {}, [], { [right]: true }, [[right]], [`${right}/`], `${right}/`, `${right} `, `${right},x`, `x${right}`, `${right}\0`,
    `${right}.example.org`, right.toUpperCase(), right.slice(0, -1), right.replace('https', 'http'),
  ];
  const tokens = await signedTwice(world, [
    ...[...others(iss), [iss], aud].map((value) => claiming({ iss: value, aud })),
    ...[...others(aud), [iss], iss].map((value) => claiming({ iss, aud: value })),
  ]);
  return tokens.map((token) => ({ ...token, env: { JWT_ISSUER: iss, JWT_AUDIENCE: aud } }));

  function claiming(members: object): Payload {
    return [JSON.stringify(members), { ...world.claims, ...members }];
  }
};
