import type { Claims } from './claims.ts';
import type { TokenHeader, VerificationKey } from './verification-key.ts';

/** A token whose signature was right: its header, its claims, and the key that verified it. */
export type VerifiedToken = { header: TokenHeader; claims: Claims; key: VerificationKey };

const MAX_TOKENS = 1_000;

/** In characters; longer tokens are not cached. */
const MAX_TOKEN_LENGTH = 2_048;

const cache = new Map<string, VerifiedToken>();

/**
 * Clients send the same token for minutes, and verifying it is a tenth of a short request or more. Whether the key is
 * still good and the claims still valid must be checked each time.
 */
export function cachedToken(token: string): VerifiedToken | undefined {
  return cache.get(token);
}

/** Caches a token, instead of the oldest one if the cache is full. */
export function cacheToken(token: string, verified: VerifiedToken): void {
  if (token.length > MAX_TOKEN_LENGTH) return;
  cache.delete(token); // So that it becomes the newest.
  const [oldest = ''] = cache.keys();
  if (cache.size >= MAX_TOKENS) cache.delete(oldest);
  cache.set(token, verified);
}
