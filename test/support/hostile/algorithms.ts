import {
  always,
  base64,
  by,
  encode,
  fromBase64url,
  headerOf,
  joined,
  mac,
  publicKeyAlgs,
  type SigningKey,
  seal,
  utf8,
} from './forge.ts';
import { bearer, type Family, forged, type Hostile, made, type World } from './types.ts';

/** Every way to spell a word in capital and small letters. */
function spellings(word: string): string[] {
  return [...word].reduce((heads, c) => heads.flatMap((head) => [head + c, head + c.toUpperCase()]), ['']);
}

/** RFC 8725 §2.1: unsigned tokens, however `none` is spelled, and whatever stands where the signature would. */
export const none: Family = ({ claims, secret, keys }) => {
  const junk = always(utf8('junk'));
  const lookalikes = ['none ', ' none', 'none\0', 'nonе', 'n0ne', 'null', '', 'None\n', 'none,HS256'];
  return made(
    spellings('none').flatMap((alg) => [
      bearer(`${alg}, empty signature`, seal({ alg }, claims, always())),
      bearer(`${alg}, no signature segment`, `${encode({ alg })}.${encode(claims)}`),
      bearer(`${alg}, junk signature`, seal({ alg }, claims, junk)),
      bearer(`${alg}, real MAC`, seal({ alg }, claims, mac(secret))),
    ]),
    lookalikes.map((alg) => bearer(`${JSON.stringify(alg)}, junk signature`, seal({ alg }, claims, junk))),
    Object.values(keys).map((key) =>
      bearer(`none with the kid of an ${key.alg} key`, seal({ alg: 'none', kid: key.kid }, claims, by(key))),
    ),
  );
};

/** What `alg` may hold that names no algorithm at all. */
// biome-ignore format: a list of words
const nonsense = [
  '', '*', 'undefined', 'constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf', 'prototype',
  null, 0, 1, 256, true, false, [], ['HS256'], ['none'], [['HS256']], ['EdDSA'], {}, { alg: 'HS256' }, { toString: 'HS256' },
] as unknown[];

// biome-ignore format: a list of words
const almostHs256 = [
  'hs256', 'Hs256', 'HS256 ', ' HS256', 'HS256\0', 'HS1', 'HS224', 'HS2048', 'HMAC', 'SHA256', 'HmacSHA256',
  'dir', 'A128KW', 'RSA-OAEP', 'RSA1_5', 'ECDH-ES', 'PBES2-HS256+A128KW',
];

// biome-ignore format: a list of words
const almostEdDsa = [
  'eddsa', 'EDDSA', 'EdDSA ', 'Ed448', 'ED25519', 'ES256K', 'ES384', 'RS384', 'RS512', 'PS384', 'PS512',
];

/** Headers whose `alg` names no algorithm of ours, over a signature that is right under one. */
export const algorithmNames: Family = ({ claims, secret, keys: { EdDSA } }) => {
  const missing = [{}, { typ: 'JWT' }, { Alg: 'HS256' }, { ALG: 'HS256' }];
  const macHeaders = [...missing, ...[...nonsense, ...almostHs256].map((alg) => ({ alg }))];
  const keyHeaders = [...missing, ...[...nonsense, ...almostEdDsa].map((alg) => ({ alg }))];
  return made(
    macHeaders.map((header) => bearer(`MAC, ${JSON.stringify(header)}`, seal(header, claims, mac(secret)))),
    keyHeaders.map((header) =>
      bearer(`EdDSA, ${JSON.stringify(header)}`, seal({ ...header, kid: EdDSA.kid }, claims, by(EdDSA))),
    ),
  );
};

type Form = [name: string, secret: string | Uint8Array];

/** RFC 8725 §2.1: a public key, in each of the forms that it is passed around in, as an HMAC secret. */
export const publicKeyAsSecret: Family = (world) => {
  const perKey = Object.values(world.keys).map(async (key) => {
    const forms = await publicForms(key);
    return made(
      forms.map((form) => maced(world, key, form, 256)),
      forms.slice(0, 2).flatMap((form) => [maced(world, key, form, 384), maced(world, key, form, 512)]),
    );
  });
  const wholeSet: Form = ['the whole key set', JSON.stringify(world.keySet)];
  return made(perKey, maced(world, world.keys.EdDSA, wholeSet, 256));
};

function maced({ claims }: World, { alg, kid }: SigningKey, [form, secret]: Form, bits: number): Promise<Hostile> {
  const token = seal({ alg: `HS${bits}`, kid }, claims, mac(secret, `SHA-${bits}`));
  const name = `HS${bits} with ${form} of the ${alg} key`;
  return bits === 256 ? forged(name, token) : bearer(name, token);
}

async function publicForms({ jwk, pair }: SigningKey): Promise<Form[]> {
  const spki = new Uint8Array((await crypto.subtle.exportKey('spki', pair.publicKey)) as ArrayBuffer);
  const lines = base64(spki).match(/.{1,64}/g) ?? [];
  const pem = (newline: string) => ['-----BEGIN PUBLIC KEY-----', ...lines, '-----END PUBLIC KEY-----'].join(newline);
  const { kid: _, alg: __, ...bare } = jwk;
  const number = jwk.n ?? jwk.x ?? '';
  return [
    ['the PEM', pem('\n')],
    ['the JWK', JSON.stringify(jwk)],
    ['the PEM and a newline', `${pem('\n')}\n`],
    ['the PEM in CRLF', pem('\r\n')],
    ['the PEM in one line', pem('')],
    ['the SPKI bytes', spki],
    ['the base64 SPKI', base64(spki)],
    ['the JWK without names', JSON.stringify(bare)],
    ['the key number', number],
    ['the key bytes', jwk.y ? joined([4], fromBase64url(number), fromBase64url(jwk.y)) : fromBase64url(number)],
  ];
}

const otherAlgorithms = ['HS384', 'HS512', 'RS384', 'RS512', 'PS384', 'PS512', 'ES384', 'ES256K'];

/** RFC 8725 §3.1: a signature that is right, under a header that names another algorithm than the key's own. */
export const algorithmSwaps: Family = ({ claims, secret, keys }) =>
  made(
    Object.values(keys).map((key) => [
      [...publicKeyAlgs, ...otherAlgorithms]
        .filter((alg) => alg !== key.alg)
        .map((alg) => bearer(`${key.alg} called ${alg}`, seal({ alg, kid: key.kid }, claims, by(key)))),
      forged(`${key.alg} called HS256`, seal({ alg: 'HS256', kid: key.kid }, claims, by(key))),
      forged(`the secret's MAC called ${key.alg}`, seal(headerOf(key), claims, mac(secret))),
      bearer(`the secret's MAC called ${key.alg}, without a kid`, seal({ alg: key.alg }, claims, mac(secret))),
    ]),
    Object.values(keys)
      .filter((key) => key.alg !== 'EdDSA')
      .map((key) => bearer(`${key.alg} called Ed25519`, seal({ alg: 'Ed25519', kid: key.kid }, claims, by(key)))),
    [256, 384, 512].map((hash) => [
      bearer(`HS384 by SHA-${hash}`, seal({ alg: 'HS384', typ: 'JWT' }, claims, mac(secret, `SHA-${hash}`))),
      bearer(`HS512 by SHA-${hash}`, seal({ alg: 'HS512', typ: 'JWT' }, claims, mac(secret, `SHA-${hash}`))),
    ]),
    [384, 512].map((hash) =>
      forged(`HS256 by SHA-${hash}`, seal({ alg: 'HS256', typ: 'JWT' }, claims, mac(secret, `SHA-${hash}`))),
    ),
  );

/** Only what a deployment is configured with verifies: without the secret no MAC does, without an issuer no key. */
export const missingConfiguration: Family = async ({ claims, secret, keys }) => {
  const guesses = [secret, '', 'undefined', 'null', JSON.stringify(keys.EdDSA.jwk)];
  const macs = await made(
    guesses.map((guess) => bearer(`no secret: HS256 with ${guess}`, seal({ alg: 'HS256' }, claims, mac(guess)))),
  );
  const signatures = await made(
    Object.values(keys).map((key) => bearer(`no issuer: ${key.alg}`, seal(headerOf(key), claims, by(key)))),
  );
  return [
    ...macs.map((token) => ({ ...token, env: { BETTER_AUTH_SECRET: '' } })),
    ...signatures.map((token) => ({ ...token, env: { BETTER_AUTH_URL: '' } })),
  ];
};
