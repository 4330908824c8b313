import { base64url, by, encode, headerOf, joined, mac, type Part, seal, sealText, utf8, utf16 } from './forge.ts';
import { bearer, type Family, made } from './types.ts';

const unheardOf = 'http://example.com/ext';

/** Extensions, each in a way of naming it critical, or of getting that wrong. */
const extensions: object[] = [
  { crit: ['exp'], exp: 1 },
  { crit: ['b64'], b64: false },
  { crit: ['b64'], b64: true },
  { crit: [unheardOf], [unheardOf]: true },
  ...[['alg'], ['kid'], ['missing'], ['__proto__'], [''], [1], [], {}, 'exp', null, true].map((crit) => ({ crit })),
];

/** RFC 7515 §4.1.11: extensions that must be understood, and that nobody here understands. */
export const critical: Family = ({ claims, secret, keys: { EdDSA } }) => {
  const payload = JSON.stringify(claims);
  const unencoded = { crit: ['b64'], b64: false };
  const withSecret = encode({ alg: 'HS256', ...unencoded });
  const withKey = encode({ ...headerOf(EdDSA), ...unencoded });
  return made(
    extensions.flatMap((members) => [
      bearer(`HS256, ${JSON.stringify(members)}`, seal({ alg: 'HS256', ...members }, claims, mac(secret))),
      bearer(`EdDSA, ${JSON.stringify(members)}`, seal({ ...headerOf(EdDSA), ...members }, claims, by(EdDSA))),
    ]),
    bearer('HS256, payload not encoded', sealText(`${withSecret}.${payload}`, mac(secret))),
    bearer('EdDSA, payload not encoded', sealText(`${withKey}.${payload}`, by(EdDSA))),
    bearer('HS256, payload signed before it was encoded', signedUnencoded(withSecret, payload, secret)),
  );
};

async function signedUnencoded(header: string, payload: string, secret: string): Promise<string> {
  return `${header}.${encode(payload)}.${base64url(await mac(secret)(utf8(`${header}.${payload}`)))}`;
}

// biome-ignore format: a list of words
const noHeaders = [
  '', ' ', '{', '}', '{}', '1', '"HS256"', '[]', 'null', 'true', '["alg","HS256"]', '[{"alg":"HS256"}]', '{"header":{"alg":"HS256"}}',
  '{"alg":"HS256"', '"alg":"HS256"}', 'alg=HS256', "{'alg':'HS256'}", '{alg:"HS256"}', '{"alg":"HS256",}', '{"alg":"HS256"}{}',
  '{"alg":"HS256"}\0', '{"alg":"HS256"}x', '/**/{"alg":"HS256"}', '{"alg":NaN}', '{"alg":"HS256","typ":}', '{"__proto__":{"alg":"HS256"}}',
  '{"alg":"HS256","alg":"none"}', '{"alg":"HS256","alg":"HS512"}', '{"alg":"HS256","alg":null}', '{"alg":"HS256","alg":["HS256"]}',
];

/** Headers that are no JSON object in UTF-8, or more than one (RFC 7515 §5.2), rightly signed. */
export const malformedHeaders: Family = ({ claims, secret, keys: { EdDSA } }) => {
  const start = `{"alg":"EdDSA","kid":"${EdDSA.kid}"`;
  const withBytes = (bytes: number[]) => joined(utf8('{"alg":"HS256","x":"'), bytes, utf8('"}'));
  const headers: [string, Part][] = [
    ...noHeaders.map((text): [string, string] => [text, text]),
    ['UTF-16', utf16('{"alg":"HS256"}')],
    ['a byte that is no UTF-8', withBytes([255])],
    ['an overlong letter', withBytes([0xc1, 0xa1])],
    ['a surrogate in UTF-8', withBytes([0xed, 0xa0, 0x80])],
    ['random bytes', crypto.getRandomValues(new Uint8Array(24))],
    ['CBOR', new Uint8Array([0xa1, 1, 5])],
  ];
  const forKeys = ['1', 'null', '[]', `["EdDSA","${EdDSA.kid}"]`, `${start},"alg":"none"}`, `${start},"kid":"other"}`];
  return made(
    headers.map(([name, header]) => bearer(`HS256 under ${name}`, seal(header, claims, mac(secret)))),
    [...forKeys, `${start},"kid":null}`, `${start},"kid":["${EdDSA.kid}"]}`, start].map((header) =>
      bearer(`EdDSA under ${header}`, seal(header, claims, by(EdDSA))),
    ),
  );
};
