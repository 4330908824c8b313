import { decodeBase64Url } from 'hono/utils/encode';
import { verifying } from 'hono/utils/jwt/jws';
import * as z from 'zod/mini';
import type { Config } from './env.ts';
import { type PublicAlgorithm, publicAlgorithm, publicKey } from './key-set.ts';

/** A JSON Web Token, taken apart. Nothing in it is to be believed before `isSignedBy` has said so. */
export type ParsedToken = {
  header: Header;
  payload: unknown;
  signed: BufferSource;
  signature: BufferSource;
};

/** A key, and the only algorithm that it may verify. */
type VerifyingKey = { algorithm: PublicAlgorithm | 'HS256'; key: CryptoKey };

/** What of a header decides which key a token is held against. */
export type Header = z.output<typeof header>;

/** What a header must say. `crit` names extensions, of which we know none (RFC 7515 §4.1.11); the rest is ignored. */
const header = z.lazy(() =>
  z.object({
    alg: z.string(),
    kid: z.optional(z.string()),
    typ: z.optional(z.string().check(z.regex(/^(application\/)?jwt$/i))),
    crit: z.optional(z.never()),
  }),
);

/** Compact serialization (RFC 7515 §3.1): three parts, each base64url without padding. */
const compact = /^([\w-]+\.[\w-]+)\.([\w-]+)$/;

/** @returns the token's parts, or undefined where it has not the form of one that we could verify. */
export function parseToken(token: string): ParsedToken | undefined {
  const [, signed, signature] = compact.exec(token) ?? [];
  if (signed === undefined || signature === undefined) return undefined;
  const [head = '', body = ''] = signed.split('.');
  try {
    const known = header.safeParse(readPart(head));
    if (!known.success) return undefined;
    const bytes = { signed: new TextEncoder().encode(signed), signature: decodeBase64Url(signature) };
    return { header: known.data, payload: readPart(body), ...bytes };
  } catch {
    return undefined;
  }
}

/** Refuses bytes that are not UTF-8 rather than replacing them: replaced, two users' ids could become one (RFC 7519 §7.2). */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function readPart(part: string): unknown {
  return JSON.parse(utf8.decode(decodeBase64Url(part)));
}

/**
 * The key that the header asks for, decided by the kind of its algorithm before anything is fetched: the secret
 * for HS256, one of the issuer's published keys for a public algorithm, none for all else.
 *
 * @returns undefined where there is no such key, or it is for another algorithm.
 * @throws {ApiError} `issuer_unavailable`
 */
export async function keyFor({ alg, kid }: Header, { secret, keySetUrl }: Config): Promise<VerifyingKey | undefined> {
  if (alg === 'HS256') return secret === undefined ? undefined : { algorithm: alg, key: await secretKey(secret) };
  const algorithm = publicAlgorithm(alg);
  if (!algorithm || !kid || keySetUrl === undefined) return undefined;
  const found = await publicKey(keySetUrl, kid, algorithm);
  return found?.algorithm === algorithm ? found : undefined;
}

/** Whether this key signed the token, by the key's own algorithm. The runtime throws at some signatures of a wrong length. */
export function isSignedBy({ signed, signature }: ParsedToken, { algorithm, key }: VerifyingKey): Promise<boolean> {
  return verifying(key, algorithm, signature, signed).catch(() => false);
}

/** Imported once per isolate. */
const secretKeys = new Map<string, CryptoKey>();

async function secretKey(secret: string): Promise<CryptoKey> {
  let key = secretKeys.get(secret);
  if (!key) {
    const hmac = { name: 'HMAC', hash: 'SHA-256' };
    key = await crypto.subtle.importKey('raw', new TextEncoder().encode(secret), hmac, false, ['verify']);
    secretKeys.set(secret, key);
  }
  return key;
}
