import * as z from 'zod/mini';
import type { Config } from '../config.ts';
import { unauthorized } from '../http/errors.ts';
import { userIdSchema } from './user-id.ts';

/** Seconds that the issuer's clock may be ahead of ours. Never applied to `exp`. */
const CLOCK_LEEWAY = 30;

const claimsSchema = z.lazy(() =>
  z.object({
    exp: z.optional(z.number()),
    nbf: z.optional(z.number()),
    iat: z.optional(z.number()),
    iss: z.optional(z.unknown()),
    aud: z.optional(z.unknown()),
    sub: z.optional(userIdSchema()),
    user: z.optional(z.unknown()),
    session: z.optional(z.unknown()),
  }),
);

/** The claims that this API reads. `sub` names the user, or else a Better Auth session does (S3 A-004). */
export type Claims = z.output<typeof claimsSchema>;

/** What Better Auth's `cookieCache` with `strategy: "jwt"` signs. */
const sessionSchema = z.lazy(() =>
  z.object({ user: z.object({ id: userIdSchema() }), session: z.object({ userId: userIdSchema() }) }),
);

/** @throws {ApiError} `invalid_token` where the payload of a verified token is malformed. */
export function parseClaims(payload: unknown): Claims {
  const parsed = claimsSchema.safeParse(payload);
  if (!parsed.success) throw unauthorized('invalid_token', 'a claim of the token is malformed');
  return parsed.data;
}

/**
 * @returns the user that the claims name.
 * @throws {ApiError} `token_expired` or `invalid_token` where they are not valid now, or not valid here.
 */
export function userIdOf(claims: Claims, { issuer, audience }: Config): string {
  const now = Date.now() / 1000;
  if (claims.exp === undefined) throw unauthorized('invalid_token', 'the token has no expiry');
  if (claims.exp <= now) throw unauthorized('token_expired', 'the token expired');
  if (Math.max(claims.nbf ?? 0, claims.iat ?? 0) > now + CLOCK_LEEWAY)
    throw unauthorized('invalid_token', 'the token is not valid yet');
  if (issuer !== undefined && claims.iss !== issuer)
    throw unauthorized('invalid_token', 'the token is from another issuer');
  if (audience !== undefined && ![claims.aud].flat().includes(audience))
    throw unauthorized('invalid_token', 'the token is for another audience');
  return claims.sub ?? sessionUserId(claims);
}

function sessionUserId(claims: Claims): string {
  const parsed = sessionSchema.safeParse(claims);
  if (!parsed.success || parsed.data.user.id !== parsed.data.session.userId)
    throw unauthorized('invalid_token', 'the token names no user');
  return parsed.data.user.id;
}
