import {
  base64,
  by,
  encode,
  fromBase64url,
  headerOf,
  hex,
  mac,
  type Signer,
  seal,
  sealText,
  segmentsOf,
  utf8,
} from './forge.ts';
import { bearer, type Family, forged, type Hostile, made, type World } from './types.ts';

type Right = { kind: string; header: object; payload: object; sign: Signer };

/** A right token with the secret and one with a key, with letters that base64's two alphabets spell differently. */
export function rightTokens({ claims, secret, keys: { EdDSA } }: World): Right[] {
  const text = '???>>>~~~';
  const payload = { ...claims, text };
  return [
    { kind: 'HS256', header: { alg: 'HS256', text }, payload, sign: mac(secret) },
    { kind: 'EdDSA', header: { ...headerOf(EdDSA), text }, payload, sign: by(EdDSA) },
  ];
}

/** RFC 7515 §5.2: whatever is not base64url without padding is no token, even if its issuer signed it as it stands. */
export const otherAlphabets: Family = (world) => made(rightTokens(world).map(respelled));

async function respelled({ kind, header, payload, sign }: Right): Promise<Hostile[]> {
  const [h, p, s] = segmentsOf(await signedWithAllLetters(header, payload, sign));
  return made(
    Object.entries(respellings).flatMap(([what, respell]) => [
      bearer(`${kind}, ${what} in the header`, sealText(`${respell(h)}.${p}`, sign)),
      bearer(`${kind}, ${what} in the payload`, sealText(`${h}.${respell(p)}`, sign)),
      bearer(`${kind}, ${what} in the signature`, `${h}.${p}.${respell(s)}`),
    ]),
    Object.entries(reencodings).flatMap(([what, reencode]) => [
      bearer(`${kind}, header ${what}`, sealText(`${reencode(h)}.${p}`, sign)),
      bearer(`${kind}, payload ${what}`, sealText(`${h}.${reencode(p)}`, sign)),
    ]),
    forged(`${kind}, signature in hexadecimal`, `${h}.${p}.${hex(fromBase64url(s))}`),
    Object.entries(wholes).map(([what, respell]) => bearer(`${kind}, ${what}`, respell(`${h}.${p}.${s}`))),
  );
}

/** Signs again until the signature, too, holds a letter that the standard alphabet has not. */
async function signedWithAllLetters(header: object, payload: object, sign: Signer): Promise<string> {
  for (let attempt = 0; ; attempt++) {
    const token = await seal(header, { ...payload, attempt }, sign);
    if (/[-_]/.test(segmentsOf(token)[2])) return token;
  }
}

type Respelling = (text: string) => string;

const inside =
  (what: string): Respelling =>
  (segment) =>
    segment.slice(0, 5) + what + segment.slice(5);

/** Spellings of one segment that a lenient decoder takes for the right one, or for one at all. */
const respellings: Record<string, Respelling> = {
  padding: (segment) => segment.padEnd(Math.ceil((segment.length + 1) / 4) * 4, '='),
  'too much padding': (segment) => `${segment}====`,
  'padding in front': (segment) => `=${segment}`,
  'the standard alphabet': (segment) => base64(fromBase64url(segment)).replaceAll('=', ''),
  'a length that nothing encodes to': (segment) => segment + 'A'.repeat((5 - (segment.length % 4)) % 4),
  'a percent-encoded letter': (segment) => `%${hex(utf8(segment.slice(0, 1)))}${segment.slice(1)}`,
  quotes: (segment) => `"${segment}"`,
  ...Object.fromEntries([...' \t,?~:%#;!*\\'].map((c) => [`${JSON.stringify(c)} inserted`, inside(c)])),
};

/** Segments in the right alphabet that hold something else than JSON. */
const reencodings: Record<string, Respelling> = {
  'in hexadecimal': (segment) => hex(fromBase64url(segment)),
  'encoded twice': encode,
  'cut short': (segment) => segment.slice(0, -1),
};

/** Spellings of a whole token. */
const wholes: Record<string, Respelling> = {
  'dots percent-encoded': (token) => token.replaceAll('.', '%2E'),
  'encoded once more': encode,
  'colons for dots': (token) => token.replaceAll('.', ':'),
  'slashes for dots': (token) => token.replaceAll('.', '/'),
  'spaces around the dots': (token) => token.replaceAll('.', ' . '),
  folded: (token) => token.replaceAll(/.{40}/g, '$& '),
  'in quotes': (token) => `"${token}"`,
  reversed: (token) => [...token].reverse().join(''),
  'in capitals': (token) => token.toUpperCase(),
  'with a fragment': (token) => `${token}#fragment`,
  'with a query': (token) => `${token}?x=1`,
};

/** RFC 8725 §2.4 and Wycheproof's `JsonSerialization`: the other serializations, and encryption instead of signing. */
export const serializations: Family = (world) => {
  const algorithms = ['dir', 'RSA-OAEP', 'RSA1_5', 'ECDH-ES', 'A256KW', 'PBES2-HS512+A256KW', 'HS256', 'none'];
  const encrypted = (alg: string) => encode({ alg, enc: 'A256GCM', zip: 'DEF', p2s: 'AAAA', p2c: 2 ** 31 - 1 });
  return made(
    rightTokens(world).map(serialized),
    algorithms.map((alg) => bearer(`JWE by ${alg}`, `${encrypted(alg)}.AAAA.BBBB.CCCC.DDDD`)),
  );
};

async function serialized({ kind, header, payload: claims, sign }: Right): Promise<Hostile[]> {
  const [h, payload, signature] = segmentsOf(await seal(header, claims, sign));
  const flattened = { payload, protected: h, signature };
  const general = { payload, signatures: [{ protected: h, signature }] };
  const values = [flattened, general, { payload, header, signature }, [flattened], { ...flattened, ...general }];
  return made(
    values.flatMap((value, i) => [
      bearer(`${kind}, JSON serialization ${i}`, JSON.stringify(value)),
      bearer(`${kind}, JSON serialization ${i}, encoded`, encode(value)),
      bearer(`${kind}, JSON serialization ${i} for each segment`, [value, value, value].map(encode).join('.')),
    ]),
  );
}
