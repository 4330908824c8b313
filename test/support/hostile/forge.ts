/** What a forger works with: keys, encodings and signatures, each of which can be had wrong on purpose. */

export type PublicKeyAlg = 'EdDSA' | 'ES256' | 'ES512' | 'RS256' | 'PS256';

export const publicKeyAlgs: PublicKeyAlg[] = ['EdDSA', 'ES256', 'ES512', 'RS256', 'PS256'];

/** A JWK as an issuer publishes it. */
export type PublicJwk = JsonWebKey & { kid?: string };

export type SigningKey = { alg: PublicKeyAlg; kid: string; jwk: PublicJwk; pair: CryptoKeyPair };

/** Bytes stand as they are, a string is taken as JSON written already, anything else is written as JSON. */
export type Part = Uint8Array | string | object | number | boolean | null;

export type Signer = (signed: Uint8Array) => Uint8Array | Promise<Uint8Array>;

const rsa = { modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' };

const generation = {
  EdDSA: { name: 'Ed25519' },
  ES256: { name: 'ECDSA', namedCurve: 'P-256' },
  ES512: { name: 'ECDSA', namedCurve: 'P-521' },
  RS256: { name: 'RSASSA-PKCS1-v1_5', ...rsa },
  PS256: { name: 'RSA-PSS', ...rsa },
};

const signing = {
  EdDSA: { name: 'Ed25519' },
  ES256: { name: 'ECDSA', hash: 'SHA-256' },
  ES512: { name: 'ECDSA', hash: 'SHA-512' },
  RS256: { name: 'RSASSA-PKCS1-v1_5' },
  PS256: { name: 'RSA-PSS', saltLength: 32 },
};

/** Generates a key pair, and its public half in the form that Better Auth publishes; `others` are parameters for it. */
export async function generateKey(alg: PublicKeyAlg, kid: string, others: object = {}): Promise<SigningKey> {
  const parameters = { ...generation[alg], ...others };
  const pair = (await crypto.subtle.generateKey(parameters, true, ['sign', 'verify'])) as CryptoKeyPair;
  const { kty, crv, x, y, n, e } = (await crypto.subtle.exportKey('jwk', pair.publicKey)) as JsonWebKey;
  return { alg, kid, jwk: JSON.parse(JSON.stringify({ kid, alg, kty, crv, x, y, n, e })), pair };
}

export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The same text as Windows and old tools would write it, with a byte order mark. */
export const utf16 = (text: string): Uint8Array =>
  joined(...[...`\ufeff${text}`].map((c) => [c.charCodeAt(0) & 255, c.charCodeAt(0) >> 8]));

/** Standard base64, with its padding. */
export const base64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes));

/** Base64url without padding (RFC 7515 §2). */
export const base64url = (bytes: Uint8Array): string =>
  base64(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

export const fromBase64url = (text: string): Uint8Array =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));

export const hex = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');

export const fromHex = (text: string): Uint8Array =>
  Uint8Array.from(text.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));

export const joined = (...chunks: (Uint8Array | number[])[]): Uint8Array =>
  Uint8Array.from(chunks.flatMap((chunk) => [...chunk]));

/** A whole number in so many bytes, big-endian, and back. */
export const octets = (number: bigint, length: number): Uint8Array =>
  fromHex(number.toString(16).padStart(length * 2, '0'));

export const numberOf = (bytes: Uint8Array): bigint => BigInt(`0x${hex(bytes)}`);

export function encode(part: Part): string {
  if (part instanceof Uint8Array) return base64url(part);
  return base64url(utf8(typeof part === 'string' ? part : JSON.stringify(part)));
}

/** Compact serialization (RFC 7515 §3.1), signed by whoever `sign` is. */
export async function seal(header: Part, payload: Part, sign: Signer): Promise<string> {
  return sealText(`${encode(header)}.${encode(payload)}`, sign);
}

/** The same over two segments that are spelled already, rightly or not. */
export async function sealText(segments: string, sign: Signer): Promise<string> {
  return `${segments}.${base64url(await sign(utf8(segments)))}`;
}

/** Signs as the holder of `key` does. */
export function by(key: SigningKey): Signer {
  return async (signed) => new Uint8Array(await crypto.subtle.sign(signing[key.alg], key.pair.privateKey, signed));
}

/** A MAC under `secret`; an empty one equals a zero byte, which HMAC pads it with, and which can be imported. */
export function mac(secret: string | Uint8Array, hash = 'SHA-256'): Signer {
  const given = typeof secret === 'string' ? utf8(secret) : secret;
  const bytes = given.length === 0 ? new Uint8Array(1) : given;
  return async (signed) => {
    const key = await crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash }, false, ['sign']);
    return new Uint8Array(await crypto.subtle.sign('HMAC', key, signed));
  };
}

/** No signature, or always the same one. */
export function always(signature: Uint8Array = new Uint8Array()): Signer {
  return () => signature;
}

/** The header that `key`'s tokens have. */
export function headerOf({ alg, kid }: SigningKey): { alg: string; kid: string } {
  return { alg, kid };
}

/** Cuts a token into its three segments. */
export function segmentsOf(token: string): [header: string, payload: string, signature: string] {
  return token.split('.') as [string, string, string];
}
