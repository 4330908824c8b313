import { Buffer } from 'node:buffer';
import { decode, encode, type Families, forged, mac, parseAll, signSegments, words } from './world.ts';

const shapes = words(`H P S H.P H.S P.S . .. ... H.P. H..S .P.S H.. .P. ..S H.P.S. .H.P.S H.P.S.S H.P..S H..P.S H.P.S..
  H.P.S.H.P.S S.P.H P.H.S H.S.P S.H.P P.S.H P.P.S`);
const types = parseAll(`"" "at+jwt" "application/at+jwt" "id+jwt" "logout+jwt" "secevent+jwt" "dpop+jwt" "JWS" "JWE"
  "JWT\\u0020" "\\u0020JWT" "JWT\\u0000" "text/jwt" "application/json" null 0 true [] ["JWT"] {} {"typ":"JWT"}`);
const extensions = parseAll(`{"crit":["exp"],"exp":1} {"crit":["b64"],"b64":true} {"crit":["b64"],"b64":false}
  {"crit":["http://example.com/x"],"http://example.com/x":true} {"crit":["alg"]} {"crit":["kid"]} {"crit":["__proto__"]}
  {"crit":[""]} {"crit":[1]} {"crit":[]} {"crit":{}} {"crit":"exp"} {"crit":null} {"crit":true}`);
const notHeaders = words(`{ } {} 1 "HS256" [] null true ["alg","HS256"] [{"alg":"HS256"}] {"alg":"HS256" "alg":"HS256"}
  alg=HS256 {'alg':'HS256'} {alg:"HS256"} {"alg":"HS256",} {"alg":"HS256"}{} {"alg":"HS256"}x /**/{"alg":"HS256"}
  {"alg":NaN} {"alg":"HS256","typ":} {"__proto__":{"alg":"HS256"}} {"header":{"alg":"HS256"}}
  {"alg":"HS256","alg":"none"} {"alg":"HS256","alg":null} {"alg":"HS256","alg":["HS256"]}`);
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const endings = ['', ',"alg":"none"}', ',"kid":"other"}', ',"kid":null}', ',"kid":["other"]}'];

/** `text` in UTF-16, and with a byte that is not UTF-8, an overlong letter, a surrogate or half a character for `*`. */
export function notUtf8(text: string): Buffer[] {
  const latin1 = Buffer.from(text).toString('latin1');
  const invalid = ['\xff', '\xc1\xa1', '\xed\xa0\x80', '\xf0\x9f\x98'].map((bytes) => latin1.replace('*', bytes));
  return [Buffer.from(`\ufeff${text}`, 'utf16le'), ...invalid.map((bytes) => Buffer.from(bytes, 'latin1'))];
}

/** Spellings of a segment that a lenient decoder accepts. */
const respell = (segment: string) => [
  segment.padEnd(Math.ceil((segment.length + 1) / 4) * 4, '='),
  segment + 'A'.repeat((5 - (segment.length % 4)) % 4),
  ...['*====', '=*', '"*"', '%41*'].map((spelling) => spelling.replace('*', segment)),
  ...[...' \t,?~:%#;!*\\+/'].map((c) => segment.slice(0, 5) + c + segment.slice(5)),
];

/** Sets a bit of the last character that encodes nothing, in the segments that have one. */
const setUnusedBit = (segments: string[]) =>
  segments
    .filter(({ length }) => length % 4 > 0)
    .map((segment) => segment.slice(0, -1) + ALPHABET[ALPHABET.indexOf(segment.slice(-1)) + 1]);
const encodeWithUnusedBit = (value: object) =>
  setUnusedBit(['', ' ', '  '].map((end) => encode(JSON.stringify(value) + end)));

const alter = (signature: Buffer) => [
  ...[0, signature.length - 1].map((at) => signature.map((byte, i) => (i === at ? byte ^ (at ? 1 : 128) : byte))),
  ...[signature.subarray(1), signature.subarray(0, -1), signature.subarray(0, 1), Buffer.alloc(signature.length)],
  ...[Buffer.concat([signature, signature]), toDer(signature)],
];

/** An ECDSA signature as ASN.1 and most systems other than JWS have it. */
function toDer(signature: Buffer): Buffer {
  const half = signature.length / 2;
  const content = [signature.subarray(0, half), signature.subarray(half)].flatMap((bytes) => {
    const integer = Buffer.from(`00${bytes.toString('hex')}`.replace(/^(00)+(?=00[89a-f]|[0-7])/, ''), 'hex');
    return [2, integer.length, ...integer];
  });
  return Buffer.from([0x30, ...(content.length > 127 ? [0x81] : []), content.length, ...content]);
}

export const segmentFamilies: Families = {
  'wrong secrets [S1 EC2]': ({ secret, token }) => {
    const near = [`${secret} `, ` ${secret}`, `${secret}\n`, secret.toUpperCase(), secret.slice(1), btoa(secret)];
    return forged(['', ' ', ...words('secret undefined null HS256'), ...near].map((guess) => token(mac(guess))));
  },
  'wrong signers': ({ eddsa, keys, strangers, second, token }) => [
    strangers.map((stranger, i) => [token(stranger), forged(token(stranger, { ...keys[i]?.header }))]),
    forged(token(eddsa, second.header), token(second, eddsa.header)),
  ],
  'missing, empty, extra and swapped segments': ({ hs256, keys, token }) =>
    [hs256, ...keys].map(async (signer) => {
      const segments = (await token(signer)).split('.');
      return shapes.map((shape) => shape.replaceAll(/[HPS]/g, (letter) => segments['HPS'.indexOf(letter)] ?? ''));
    }),
  'tokens altered after they were signed': ({ claims, hs256, keys, token }) =>
    [hs256, ...keys].map(async (signer) => {
      const [h = '', p, s = ''] = (await token(signer)).split('.');
      const other = (await token(signer, { typ: 'JWT' }, { ...claims, exp: claims.exp + 1 })).split('.');
      const [header, payload] = [signer.header, claims].map((part) => encode(`${JSON.stringify(part)} `));
      return forged(
        [other[0], header].map((altered) => `${altered}.${p}.${s}`),
        [other[1], payload, h, encode({ ...claims, sub: 'other' })].map((altered) => `${h}.${altered}.${s}`),
        [other[2], ...alter(decode(s)).map(encode)].map((altered) => `${h}.${p}.${altered}`),
      );
    }),
  'critical extensions': ({ both }) => extensions.map((members) => both(members)),
  'tokens of another type': ({ both }) => types.map((typ) => both({ typ })),
  'headers that are not one JSON object in UTF-8': ({ hs256, eddsa, token }) => [
    ['', ' ', ...notHeaders, ...notUtf8('{"alg":"HS256","x":"*"}')].map((header) => token(hs256, header)),
    endings.map((end) => token(eddsa, JSON.stringify(eddsa.header).replace('}', end))),
  ],
  'other alphabets and spellings': ({ hs256, eddsa, token }) =>
    [hs256, eddsa].map(async (signer) => {
      const right = await token(signer);
      const [h = '', p = '', s = ''] = right.split('.');
      return [
        respell(h).map((header) => signSegments(`${header}.${p}`, signer)),
        respell(p).map((payload) => signSegments(`${h}.${payload}`, signer)),
        respell(s).map((signature) => `${h}.${p}.${signature}`),
        ['%2E', ':', ' . '].map((dot) => right.replaceAll('.', dot)),
        [encode(right), `"${right}"`, `${right}#x`, right.toUpperCase(), right.replaceAll(/.{40}/g, '$& ')],
      ];
    }),
  'base64url that is not canonical': ({ claims, hs256, keys, token }) =>
    [hs256, ...keys].map(async (signer) => {
      const [h, p, s = ''] = (await token(signer)).split('.');
      return [
        encodeWithUnusedBit(signer.header).map((header) => signSegments(`${header}.${p}`, signer)),
        encodeWithUnusedBit(claims).map((payload) => signSegments(`${h}.${payload}`, signer)),
        setUnusedBit([s]).map((signature) => `${h}.${p}.${signature}`),
      ];
    }),
  'other serializations, and encryption': ({ both }) => [
    both({}).map(async (token) => {
      const [h, payload, signature] = (await token).split('.');
      const flattened = { payload, protected: h, signature };
      return [flattened, { payload, signatures: [flattened] }].map((json) => [JSON.stringify(json), encode(json)]);
    }),
    words('dir RSA-OAEP ECDH-ES HS256 none').map((alg) => `${encode({ alg, enc: 'A256GCM' })}.AAAA.BBBB.CCCC.DDDD`),
  ],
};
