import { decodeBase64Url } from 'hono/utils/encode';
import * as z from 'zod/mini';
import type { Config } from '../config.ts';
import { isPublicAlgorithm, type PublicAlgorithm, publicKey } from './jwks.ts';

/** A key, and the only algorithm that it may verify. */
export type VerificationKey = { algorithm: PublicAlgorithm | 'HS256'; key: CryptoKey };

/** `crit` names extensions, of which we know none (RFC 7515 §4.1.11); other members are ignored. */
const headerSchema = z.lazy(() =>
  z.object({
    alg: z.string(),
    kid: z.optional(z.string()),
    typ: z.optional(z.string().check(z.regex(/^(application\/)?jwt$/i))),
    crit: z.optional(z.never()),
  }),
);

/** The part of a token's header that decides which key verifies it. Not to be trusted before that. */
export type TokenHeader = z.output<typeof headerSchema>;

/** Compact serialization (RFC 7515 §3.1): three parts in base64url without padding. */
const compactForm = /^([\w-]+)\.([\w-]+)\.[\w-]+$/;

/** Invalid bytes are refused: if they were replaced, two users' ids could become one (RFC 7519 §7.2). */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Checks the form of a token more strictly than `hono/jwt` does.
 *
 * @returns its header; undefined where it cannot be a token that we could verify.
 */
export function parseHeader(token: string): TokenHeader | undefined {
  const [, header = '', payload = ''] = compactForm.exec(token) ?? [];
  try {
    if (decodeText(payload).startsWith('\ufeff')) return undefined; // `hono/jwt` would drop the byte order mark.
    return headerSchema.safeParse(JSON.parse(decodeText(header))).data;
  } catch {
    return undefined;
  }
}

function decodeText(part: string): string {
  return utf8.decode(decodeBase64Url(part));
}

/**
 * The key that the header asks for, by the kind of its algorithm: the secret for HS256, one of the issuer's published
 * keys for a public algorithm, none for any other.
 *
 * @returns undefined where there is no such key, or it is for another algorithm.
 * @throws {ApiError} `issuer_unavailable`
 */
export async function verificationKey(
  { alg, kid }: TokenHeader,
  { secret, jwksUrl }: Config,
): Promise<VerificationKey | undefined> {
  if (alg === 'HS256') return secret === undefined ? undefined : { algorithm: alg, key: await importSecret(secret) };
  if (!isPublicAlgorithm(alg) || !kid || jwksUrl === undefined) return undefined;
  const found = await publicKey(jwksUrl, kid, alg);
  return found?.algorithm === alg ? found : undefined;
}

/** Imported once per isolate. */
const secretKeys = new Map<string, CryptoKey>();

async function importSecret(secret: string): Promise<CryptoKey> {
  let key = secretKeys.get(secret);
  if (!key) {
    const hmac = { name: 'HMAC', hash: 'SHA-256' };
    key = await crypto.subtle.importKey('raw', new TextEncoder().encode(secret), hmac, false, ['verify']);
    secretKeys.set(secret, key);
  }
  return key;
}
