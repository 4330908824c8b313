import { Buffer } from 'node:buffer';
import { createHmac } from 'node:crypto';
import type { Bindings } from '../../../src/http/app-env.ts';

/** Credentials that every route must refuse, the code of the refusal, and variables other than the usual. */
export type Hostile = {
  refusal: 'invalid_token' | 'invalid_signature' | 'token_expired' | 'not_authenticated';
  headers?: Record<string, string>;
  query?: string;
  env?: Partial<Bindings>;
};

/** A string is a bearer token that is refused with `invalid_token`. */
export type Batch = string | Hostile | PromiseLike<unknown> | Batch[];
export type Families = Record<string, (world: World) => Batch>;

export const refuse = (Authorization: string): Hostile => ({ refusal: 'invalid_token', headers: { Authorization } });

export async function collect(batch: unknown): Promise<Hostile[]> {
  const resolved = await batch;
  if (Array.isArray(resolved)) return (await Promise.all(resolved.map(collect))).flat();
  return [typeof resolved === 'string' ? refuse(`Bearer ${resolved}`) : (resolved as Hostile)];
}
export const change = async (members: Partial<Hostile>, ...batch: Batch[]) =>
  (await collect(batch)).map((hostile) => ({ ...hostile, ...members }));
export const forged = (...batch: Batch[]) => change({ refusal: 'invalid_signature' }, ...batch);
export const expired = (...batch: Batch[]) => change({ refusal: 'token_expired' }, ...batch);
export const words = (text: string) => text.trim().split(/\s+/);
export const parseAll = (json: string): object[] => words(json).map((text) => JSON.parse(text));

const rsa = { modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' };
const algorithms = {
  EdDSA: { name: 'Ed25519' },
  ES256: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  ES512: { name: 'ECDSA', namedCurve: 'P-521', hash: 'SHA-512' },
  RS256: { name: 'RSASSA-PKCS1-v1_5', ...rsa },
  PS256: { name: 'RSA-PSS', ...rsa, saltLength: 32 },
};
export const publicAlgorithms = Object.keys(algorithms) as (keyof typeof algorithms)[];

type Signer = { header: { alg: string; kid?: string }; sign: (input: Uint8Array) => Promise<Uint8Array> };

/** Generates a key pair. `members` change its JWK, `parameters` its generation. */
async function generateSigner(alg: keyof typeof algorithms, kid: string, members = {}, parameters = {}) {
  const algorithm = { ...algorithms[alg], ...parameters };
  const pair = (await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as CryptoKeyPair;
  const { kty, crv, x, y, n, e } = (await crypto.subtle.exportKey('jwk', pair.publicKey)) as JsonWebKey;
  const sign = async (input: Uint8Array) => new Uint8Array(await crypto.subtle.sign(algorithm, pair.privateKey, input));
  return { header: { alg, kid }, jwk: { kid, alg, kty, crv, x, y, n, e, ...members }, sign };
}

export const mac = (secret: string | Uint8Array, hash = 'sha256'): Signer => ({
  header: { alg: 'HS256' },
  sign: async (input) => createHmac(hash, secret).update(input).digest(),
});

/** Bytes and strings are encoded as they are, anything else as JSON. */
type Part = Uint8Array | string | object;
const isRaw = (part: Part): part is string => typeof part === 'string' || part instanceof Uint8Array;
export const encode = (part: Part) => Buffer.from(isRaw(part) ? part : JSON.stringify(part)).toString('base64url');
export const decode = (segment: string) => Buffer.from(segment, 'base64url');

/** Signs header and payload segments as they are, base64url or not. */
export const signSegments = async (segments: string, { sign }: Signer) =>
  `${segments}.${encode(await sign(Buffer.from(segments)))}`;

/** JWKs that must not verify a signature: what is changed in right ones, and other kinds. */
const unfit = parseAll(`{"use":"enc"} {"key_ops":["encrypt"]} {"key_ops":"verify"} {"kid":null} {"kty":"EC"}
  {"alg":null} {"alg":"RS512"} {"alg":"RSA-OAEP"} {"alg":"HS256"}`);
const PUBLISHED_SECRET = 'published-octets-published-octets';
const otherKinds = parseAll(`{"kid":"octets","kty":"oct","alg":"HS256","k":"${encode(PUBLISHED_SECRET)}"}
  {"kid":"x25519","kty":"OKP","crv":"X25519","x":"3p7bfXt9wbTTW2HC7OQ1Nz-DQ8hbeGdNrfx-FG-IK08"} {"kid":"lwe","kty":"LWE"}
  {"kid":"ed448","kty":"OKP","crv":"Ed448","x":"AAAA"} {"kid":"p384","kty":"EC","crv":"P-384","x":"AAAA","y":"AAAA"}`);

/** A user, the secret, the issuer's keys and a stranger's. `claims`, rightly signed, open the API to the user. */
export async function createWorld(user: string, secret: string) {
  const now = Math.floor(Date.now() / 1000);
  const claims = { sub: user, iat: now, exp: now + 3600 };
  const keys = await Promise.all(publicAlgorithms.map((alg) => generateSigner(alg, `issuer-${alg}`)));
  const strangers = await Promise.all(publicAlgorithms.map((alg) => generateSigner(alg, `stranger-${alg}`)));
  /** Better Auth publishes its present algorithm for all its keys: of an EdDSA key it says nothing. */
  const second = await generateSigner('EdDSA', 'issuer-EdDSA-2', { alg: 'ES256' });
  const unfitKeys = await Promise.all([
    generateSigner('RS256', 'unfit-1024-bits', {}, { modulusLength: 1024 }),
    ...unfit.map((members, i) => generateSigner('RS256', `unfit-${i}`, members)),
  ]);
  const jwks = { keys: [...[...keys, second, ...unfitKeys].map(({ jwk }) => jwk), ...otherKinds] };
  const [hs256, octets] = [mac(secret), mac(PUBLISHED_SECRET)];
  const eddsa = keys[0] ?? second;
  /** A header that is an object is merged into the signer's. */
  const token = (signer: Signer, header: Part = {}, payload: Part = claims) =>
    signSegments(`${encode(isRaw(header) ? header : { ...signer.header, ...header })}.${encode(payload)}`, signer);
  /** One token by the secret and one by a published key. */
  const both = (header: object, payload?: Part) => [hs256, eddsa].map((signer) => token(signer, header, payload));
  return { user, secret, claims, hs256, octets, eddsa, keys, second, unfitKeys, strangers, jwks, token, both };
}
export type World = Awaited<ReturnType<typeof createWorld>>;
