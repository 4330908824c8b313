import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import type { HTTPException } from 'hono/http-exception';
import { jwt } from 'hono/jwt';
import { JwtTokenInvalid } from 'hono/utils/jwt/types';
import type { AppEnv } from '../http/app-env.ts';
import { type ApiError, notAuthenticated, REALM, unauthorized } from '../http/errors.ts';
import { parseClaims, userIdOf } from './claims.ts';
import { cachedToken, cacheToken, type VerifiedToken } from './token-cache.ts';
import { parseHeader, type VerificationKey, verificationKey } from './verification-key.ts';

/** An environment in which the user is known. */
export type AuthenticatedEnv = AppEnv & { Variables: { userId: string } };

/**
 * Identifies the user by the bearer token alone (S3 FR-003).
 *
 * @throws {ApiError} `not_authenticated`, `invalid_token`, `invalid_signature` or `token_expired`, each with a
 * `WWW-Authenticate` challenge (RFC 6750 §3); `issuer_unavailable`.
 */
export const authenticate = createMiddleware<AuthenticatedEnv>(async function authenticate(c, next) {
  const token = bearerToken(c.req.header('Authorization'));
  const { key, claims } = await verify(c, token);
  c.set('userId', userIdOf(claims, key.algorithm, c.get('config')));
  await next();
});

function bearerToken(header: string | undefined): string {
  if (!header) throw notAuthenticated();
  const token = /^bearer +(\S+)$/i.exec(header)?.[1];
  if (!token) throw unauthorized('invalid_token', 'the token is malformed');
  return token;
}

/** Verifies a token, unless the same key has verified it before. */
async function verify(c: Context<AuthenticatedEnv>, token: string): Promise<VerifiedToken> {
  const cached = cachedToken(token);
  const header = cached?.header ?? parseHeader(token);
  const key = await verificationKey(header, c.get('config'));
  if (cached?.key.key === key.key) return cached;
  const verified = { header, key, claims: parseClaims(await verifiedPayload(c, key)) };
  cacheToken(token, verified);
  return verified;
}

/** Verifies the signature. The claims are checked afterwards: `hono/jwt` checks `exp` before the signature. */
async function verifiedPayload(c: Context, { algorithm, key }: VerificationKey): Promise<unknown> {
  const verification = { exp: false, nbf: false, iat: false };
  const middleware = jwt({ secret: key, alg: algorithm, realm: REALM, verification });
  await middleware(c, async () => {}).catch(({ cause }: HTTPException) => {
    if (cause) throw toApiError(cause); // Without a cause, the payload is null, false, 0 or "".
  });
  return c.get('jwtPayload');
}

/** The message of an error of `hono/jwt` holds the token, so it goes no further than here. */
function toApiError(cause: unknown): ApiError {
  return cause instanceof JwtTokenInvalid
    ? unauthorized('invalid_token', 'the token is malformed')
    : unauthorized('invalid_signature', 'the signature does not match');
}
