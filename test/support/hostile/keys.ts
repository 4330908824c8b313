import { createPublicKey, type JsonWebKey as NodeJwk } from 'node:crypto';
import { change, encode, type Families, forged, mac, parseAll, publicAlgorithms, words } from './world.ts';

/** A host with a stranger's keys, which the Worker must never ask. */
export const LISTENER = 'listener.example.test';
const lures = words(`https://${LISTENER}/jwks.json //${LISTENER}/jwks https://issuer.example.test@${LISTENER}/jwks
  http://127.0.0.1:1/jwks http://169.254.169.254/meta-data/ file:///etc/passwd data:,{"keys":[]} ../../jwks.json`);
const none = words('none nonE noNe noNE nOne nOnE nONe nONE None NonE NoNe NoNE NOne NOnE NONe NONE n0ne nonе null');
const otherNames = [...publicAlgorithms, ...words('HS384 HS512 RS384 RS512 PS384 ES384 ES256K')];
const unsupported =
  parseAll(`"" "*" "__proto__" null 0 true [] {} ["HS256"] ["none"] {"alg":"HS256"} "hs256" "HMAC" "dir"
  "HS256\\u0020" "\\u0020HS256" "HS256\\u0000" "HS384" "eddsa" "EDDSA" "Ed25519" "EdDSA\\u0020" "Ed448" "ED25519" "ES256K"`);
const kids = parseAll(`"" "\\u0020" "*" "0" "keys" "__proto__" "constructor" "/dev/null" "../../dev/null" "%2e%2e"
  "/etc/passwd\\u0000.pem" "file:///proc/self/environ" "'OR'1'='1" "1;DROP/**/TABLE/**/tasks" "$(id)" "|id" "{{7*7}}"
  "a\\r\\nX-Injected:yes" "\\u0000" "\\ud800" "😀" "${'k'.repeat(4096)}" null 0 1 1.5 true [] {} {"$ne":null}`);
const almost = (kid: string) =>
  parseAll(`"\\u0020${kid}" "${kid}\\u0020" "${kid}\\u0000" "${kid.toUpperCase()}" "${kid}x" "${kid.slice(0, -1)}"
    "./${kid}" ["${kid}"] [["${kid}"]] {"kid":"${kid}"} {"toString":"${kid}"}`);

export const keyFamilies: Families = {
  'unsigned tokens, and `none` in every spelling': ({ hs256, keys, token }) => [
    ['', 'none ', ' none', 'none\0', ...none].map(async (alg) => {
      const [h, p, s] = (await token(hs256, { alg })).split('.');
      return [`${h}.${p}`, `${h}.${p}.`, `${h}.${p}.anVuaw`, `${h}.${p}.${s}`];
    }),
    keys.map((key) => token(key, { alg: 'none' })),
  ],
  'unsupported algorithms': ({ both }) => [undefined, ...unsupported].map((alg) => both({ alg, Alg: 'HS256' })),
  'public keys, in each of their forms, as HMAC secrets': ({ keys, jwks, token }) =>
    keys.map(({ jwk: { kid, alg, ...jwk } }) => {
      const pem = createPublicKey({ key: jwk as NodeJwk, format: 'jwk' })
        .export({ type: 'spki', format: 'pem' })
        .toString();
      const forms = [pem, pem.trim(), pem.replaceAll(/-----.*-----|\n/g, ''), jwk.n ?? jwk.x ?? ''];
      const jsons = [jwk, { kid, alg, ...jwk }, jwks].map((value) => JSON.stringify(value));
      return forged([...forms, ...jsons].map((secret) => token(mac(secret), { kid })));
    }),
  'right signatures under another algorithm': ({ secret, hs256, keys, token }) => [
    keys.map((key) => [
      otherNames.filter((alg) => alg !== key.header.alg).map((alg) => token(key, { alg })),
      forged(token(key, { alg: 'HS256' }), token(hs256, key.header)),
      token(hs256, { alg: key.header.alg }),
    ]),
    ['384', '512'].map((bits) => token(mac(secret, `sha${bits}`), { alg: `HS${bits}` })),
    forged(token(mac(secret, 'sha384')), token(mac(secret, 'sha512'))),
  ],
  'kinds of keys that are not configured': ({ secret, keys, token }) => [
    change({ env: { BETTER_AUTH_SECRET: '' } }, ...[secret, '', 'undefined'].map((guess) => token(mac(guess)))),
    change({ env: { BETTER_AUTH_URL: '' } }, ...keys.map((key) => token(key))),
  ],
  'keys that the token holds or points to': ({ keys, strangers, eddsa, secret, token }) => [
    strangers.map((stranger, i) => {
      const { kid } = { ...keys[i]?.header };
      const members = [{ jwk: { ...stranger.jwk, kid } }, ...lures.map((url) => ({ jku: url, x5u: url }))];
      return [
        [{ kid: undefined, ...members[0] }, ...members].map((each) => token(stranger, each)),
        forged(members.map((each) => token(stranger, { ...each, kid }))),
      ];
    }),
    forged(lures.map((url) => token(mac('secret'), { jku: url, x5u: url, jwk: { kty: 'oct', k: encode('secret') } }))),
    token(mac(secret), { ...eddsa.header, kid: undefined, jwk: { kty: 'oct', k: encode(secret) } }),
  ],
  'key ids that name no key': ({ eddsa, token }) => [
    [undefined, ...kids, ...lures, ...almost(eddsa.header.kid)].map((kid) => token(eddsa, { kid })),
    forged(['/dev/null', '__proto__', eddsa.header.kid].map((kid) => token(mac(''), { kid }))),
  ],
  'published keys that are for something else, of another kind or malformed': ({ unfitKeys, octets, eddsa, token }) => [
    unfitKeys.map((key) => token(key)),
    ['octets', 'x25519', 'ed448', 'p384', 'lwe'].map((kid) => token(eddsa, { kid })),
    [token(octets, { alg: 'EdDSA', kid: 'octets' }), forged(token(octets, { kid: 'octets' }))],
  ],
};
