import { base64, base64url, by, headerOf, mac, type PublicKeyAlg, publicKeyAlgs, seal, utf8 } from './forge.ts';
import { bearer, type Family, forged, type Hostile, made, type World } from './types.ts';
import { PUBLISHED_OCTETS } from './world.ts';

/** Where a stranger's keys could be fetched from. Nothing may ever ask there. */
export const LISTENER = 'listener.example.test';

const lures = [
  `https://${LISTENER}/jwks.json`,
  `http://${LISTENER}/jwks.json`,
  `//${LISTENER}/jwks.json`,
  `https://issuer.example.test@${LISTENER}/api/auth/jwks`,
  `https://issuer.example.test.${LISTENER}/api/auth/jwks`,
  `https://issuer.example.test/redirect?to=https://${LISTENER}/jwks.json`,
  'https://issuer.example.test/api/auth/../../jwks.json',
  `https://issuer.example.test#@${LISTENER}/jwks.json`,
  'http://127.0.0.1:1/jwks.json',
  'http://169.254.169.254/latest/meta-data/',
  'file:///etc/passwd',
  'data:application/json,{"keys":[]}',
  '../../jwks.json',
];

/** RFC 8725 §3.10: a stranger's key that the token itself brings along or points to. */
export const broughtKeys: Family = (world) => {
  const { claims, keys, secret } = world;
  const octets = (k: string) => ({ jwk: { kty: 'oct', k: base64url(utf8(k)) } });
  return made(
    publicKeyAlgs.map((alg) => embedded(world, alg)),
    lures.flatMap((url) => [
      stranger(world, `jku ${url}`, 'EdDSA', { jku: url }),
      stranger(world, `jku ${url} under the issuer's kid`, 'EdDSA', { kid: keys.EdDSA.kid, jku: url }),
      stranger(world, `x5u ${url}`, 'RS256', { x5u: url }),
      stranger(world, `kid ${url}`, 'EdDSA', { kid: url }),
      forged(`HS256, jku ${url}`, seal({ alg: 'HS256', jku: url, x5u: url }, claims, mac('secret'))),
    ]),
    forged('HS256 with an embedded oct key', seal({ alg: 'HS256', ...octets('secret') }, claims, mac('secret'))),
    bearer('EdDSA with an embedded oct key', seal({ alg: 'EdDSA', ...octets(secret) }, claims, mac(secret))),
  );
};

/** The stranger's public key in the header, under each kid that it could claim. */
function embedded(world: World, alg: PublicKeyAlg): Promise<Hostile>[] {
  const { jwk } = world.strangers[alg];
  const { kid } = world.keys[alg];
  const x5c = [base64(utf8('not really a certificate, and it must not matter'))];
  return [
    stranger(world, `${alg} with an embedded jwk and no kid`, alg, { kid: undefined, jwk }),
    stranger(world, `${alg} with an embedded jwk of its own kid`, alg, { jwk }),
    stranger(world, `${alg} with an embedded jwk of the issuer's kid`, alg, { kid, jwk: { ...jwk, kid } }),
    stranger(world, `${alg} with an x5c`, alg, { kid, x5c, x5t: 'AAAA' }),
  ];
}

/** A stranger's signature. It is looked at only where the kid is one of the issuer's. */
function stranger(
  { claims, strangers, keys }: World,
  name: string,
  alg: PublicKeyAlg,
  members: { kid?: string | undefined; [member: string]: unknown },
): Promise<Hostile> {
  const token = seal({ ...headerOf(strangers[alg]), ...members }, claims, by(strangers[alg]));
  return members.kid === keys[alg].kid ? forged(name, token) : bearer(name, token);
}

// biome-ignore format: a list of words
const oddNames: unknown[] = [
  '', ' ', '*', '.*', '0', 'undefined', 'null', 'true', 'keys', 'length',
  '__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty',
  '/dev/null', '../../../../../../dev/null', '/etc/passwd\0.pem', '..\\..\\windows\\win.ini', 'file:///proc/self/environ', '%2e%2e%2f',
  "' OR '1'='1", "x' UNION SELECT 'key';--", '1; DROP TABLE tasks',
  '$(id)', '`id`', '| cat /etc/passwd', '; sleep 5', '{{7*7}}', '#{7*7}',
  'a\r\nX-Injected: yes', '\u0000', '\ud800', '😀', 'k'.repeat(4096),
  null, 0, 1, -1, 1.5, true, false, [], {}, { toString: 'x' }, { $ne: null },
];

/** `kid` as a path, an address, a query, a command, another type; over a signature by a key of the issuer's. */
export const keyIds: Family = ({ claims, secret, keys: { EdDSA, RS256 } }) => {
  const { kid } = EdDSA;
  const near = [` ${kid}`, `${kid} `, `${kid}\0`, kid.toUpperCase(), kid.slice(0, -1), `${kid}x`, `./${kid}`];
  const wrapped: unknown[] = [[kid], [[kid]], { kid }, { toString: kid }];
  const files = ['/dev/null', "x' UNION SELECT 'key';--", '../../public/key', '__proto__', kid, '|echo key'];
  return made(
    bearer('EdDSA without a kid', seal({ alg: 'EdDSA' }, claims, by(EdDSA))),
    bearer('RS256 without a kid', seal({ alg: 'RS256' }, claims, by(RS256))),
    [...oddNames, ...near, ...wrapped].map((name) =>
      bearer(`EdDSA, kid ${JSON.stringify(name).slice(0, 60)}`, seal({ alg: 'EdDSA', kid: name }, claims, by(EdDSA))),
    ),
    files.flatMap((name) => [
      forged(`HS256 with an empty secret, kid ${name}`, seal({ alg: 'HS256', kid: name }, claims, mac(''))),
      forged(`HS256 with "key", kid ${name}`, seal({ alg: 'HS256', kid: name }, claims, mac('key'))),
      bearer(`HS384 with the secret, kid ${name}`, seal({ alg: 'HS384', kid: name }, claims, mac(secret, 'SHA-384'))),
    ]),
  );
};

/** Keys in the issuer's set that must verify nothing: meant for something else, or of a kind that we do not use. */
export const unfitKeys: Family = ({ claims, unfit, keys: { EdDSA } }) => {
  const naming = (kid: string) => ({ alg: 'EdDSA', kid });
  return made(
    Object.values(unfit).map((key) => bearer(key.kid, seal(headerOf(key), claims, by(key)))),
    forged("HS256 with the set's oct key", seal({ alg: 'HS256', kid: 'octets' }, claims, mac(PUBLISHED_OCTETS))),
    bearer('EdDSA naming the oct key', seal(naming('octets'), claims, mac(PUBLISHED_OCTETS))),
    bearer('EdDSA naming an X25519 key', seal(naming('x25519'), claims, by(EdDSA))),
    bearer('EdDSA naming a key of a kind unheard of', seal(naming('unheard-of'), claims, by(EdDSA))),
  );
};
