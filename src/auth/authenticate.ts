import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import type { HTTPException } from 'hono/http-exception';
import { jwt } from 'hono/jwt';
import { JwtTokenInvalid } from 'hono/utils/jwt/types';
import type { AppEnv } from '../http/app-env.ts';
import { type ApiError, notAuthenticated, REALM, unauthorized } from '../http/errors.ts';
import { type Claims, parseClaims, userIdOf } from './claims.ts';
import { cachedToken, cacheToken } from './token-cache.ts';
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
  const claims = (await cachedClaims(c, token)) ?? (await verifiedClaims(c, token));
  c.set('userId', userIdOf(claims, c.get('config')));
  await next();
});

function bearerToken(header: string | undefined): string {
  if (!header) throw notAuthenticated();
  const token = /^bearer +(\S+)$/i.exec(header)?.[1];
  if (!token) throw unauthorized('invalid_token', 'the token is malformed');
  return token;
}

/** The claims of a token that the same key has verified before. */
async function cachedClaims(c: Context<AuthenticatedEnv>, token: string): Promise<Claims | undefined> {
  const cached = cachedToken(token);
  if (!cached) return undefined;
  const key = await verificationKey(cached.header, c.get('config'));
  return key?.key === cached.key.key ? cached.claims : undefined;
}

async function verifiedClaims(c: Context<AuthenticatedEnv>, token: string): Promise<Claims> {
  const header = parseHeader(token);
  if (!header) throw unauthorized('invalid_token', 'the token is malformed');
  const key = await verificationKey(header, c.get('config'));
  if (!key) throw unauthorized('invalid_token', 'the token is signed with an unsupported algorithm or an unknown key');
  const claims = parseClaims(await verifiedPayload(c, key));
  cacheToken(token, { header, claims, key });
  return claims;
}

/** Verifies the signature. The claims are checked afterwards: `hono/jwt` checks `exp` before the signature. */
async function verifiedPayload(c: Context, { algorithm, key }: VerificationKey): Promise<unknown> {
  const verification = { exp: false, nbf: false, iat: false };
  const verify = jwt({ secret: key, alg: algorithm, realm: REALM, verification });
  await verify(c, async () => {}).catch(({ cause }: HTTPException) => {
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
