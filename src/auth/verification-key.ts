import { decodeBase64Url } from 'hono/utils/encode';
import * as z from 'zod/mini';
import type { Config } from '../config.ts';
import { type ApiError, unauthorized } from '../http/errors.ts';
import { publicKey } from './jwks.ts';
import { isPublicAlgorithm, type PublicAlgorithm } from './jwks-fetch.ts';

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

/** What decides which key verifies a token. Not to be trusted until the signature is verified. */
export type TokenHeader = z.output<typeof headerSchema>;

/** Base64url without padding, in its only spelling: bits that encode nothing are zero (RFC 4648 §3.5). */
const base64url = '((?:[\\w-]{4})*(?:[\\w-]{4}|[\\w-]{2}[AEIMQUYcgkosw048]|[\\w-][AQgw]))';

/** Compact serialization (RFC 7515 §3.1). */
const compactForm = new RegExp(`^${base64url}\\.${base64url}\\.${base64url}$`);

/** Invalid bytes are refused: if they were replaced, two users' ids could become one (RFC 7519 §7.2). */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** What Better Auth 1.7 signs as a cookie with `jwt({ sessionCookieCache: true })`. */
const SESSION_COOKIE_TYPE = 'better-auth.session-cache+jwt';

/**
 * Checks the form of a token more strictly than `hono/jwt` does, and returns its header.
 *
 * @throws {ApiError} `invalid_token` if it cannot be a token that we could verify.
 */
export function parseHeader(token: string): TokenHeader {
  const [, encodedHeader = '', payload = ''] = compactForm.exec(token) ?? [];
  let header = '';
  try {
    header = utf8.decode(decodeBase64Url(encodedHeader));
    const text = utf8.decode(decodeBase64Url(payload));
    const parsed = headerSchema.safeParse(JSON.parse(header));
    if (parsed.success && text && !text.startsWith('\ufeff')) return parsed.data; // `hono/jwt` drops a byte order mark.
  } catch {} // Not UTF-8, or not JSON.
  if (header.includes(SESSION_COOKIE_TYPE))
    throw unauthorized('invalid_token', 'this is a session cookie of Better Auth: send the token of its jwt plugin');
  throw unauthorized('invalid_token', 'the token is malformed');
}

/**
 * The key that the header asks for, by the kind of its algorithm: the secret for HS256, one of the issuer's published
 * keys for a public algorithm, none for any other.
 *
 * @throws {ApiError} `invalid_token` if there is no such key, `issuer_unavailable`.
 */
export async function verificationKey(
  { alg, kid }: TokenHeader,
  { secret, jwksUrl }: Config,
): Promise<VerificationKey> {
  if (alg === 'HS256') {
    if (secret === undefined) throw noKey('the token is signed with HS256, and BETTER_AUTH_SECRET is not set');
    return { algorithm: alg, key: await importSecret(secret) };
  }
  if (!isPublicAlgorithm(alg)) throw noKey('the algorithm of the token is not supported');
  if (jwksUrl === undefined)
    throw noKey(`the token is signed with ${alg}, and neither BETTER_AUTH_URL nor JWKS_URL is set`);
  const key = kid && (await publicKey(jwksUrl, kid, alg));
  if (!key) throw noKey(`the JWKS has no ${alg} key with the id that the token names`);
  return { algorithm: alg, key };
}

function noKey(reason: string): ApiError {
  return unauthorized('invalid_token', 'the token is signed with an unsupported algorithm or an unknown key', reason);
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
