import * as z from 'zod/mini';
import type { Config } from '../config.ts';
import { type ApiError, unauthorized } from '../http/errors.ts';
import { userIdSchema } from './user-id.ts';

/** Seconds that the issuer's clock may be ahead of ours. Never applied to `exp`. */
const CLOCK_LEEWAY = 30;

/** The id of a user in a token, which must not be blank. */
const claimedUserId = () => userIdSchema().check(z.refine((id) => /\S/.test(id)));

const claimsSchema = z.lazy(() =>
  z.looseObject({
    exp: z.optional(z.number()),
    nbf: z.optional(z.number()),
    iat: z.optional(z.number()),
    sub: z.optional(claimedUserId()),
  }),
);

/** The claims of a token. `sub` names the user, or else a Better Auth session does (S3 A-004). */
export type Claims = z.output<typeof claimsSchema>;

/** What Better Auth's `cookieCache` with `strategy: "jwt"` signs. */
const sessionSchema = z.lazy(() =>
  z.object({
    user: z.object({ id: claimedUserId() }),
    session: z.object({ userId: claimedUserId(), expiresAt: z.optional(z.union([z.string(), z.number()])) }),
  }),
);

/** @throws {ApiError} `invalid_token` if the payload of a verified token is malformed. */
export function parseClaims(payload: unknown): Claims {
  const parsed = claimsSchema.safeParse(payload);
  if (!parsed.success) throw unauthorized('invalid_token', 'a claim of the token is malformed');
  return parsed.data;
}

/**
 * @returns the user that the claims name.
 * @throws {ApiError} `token_expired` or `invalid_token` if they are not valid now, or not valid here.
 */
export function userIdOf(claims: Claims, algorithm: string, config: Config): string {
  const now = Date.now() / 1000;
  if (claims.exp === undefined) throw unauthorized('invalid_token', 'the token has no expiry');
  if (claims.exp <= now) throw unauthorized('token_expired', 'the token expired');
  if (Math.max(claims.nbf ?? 0, claims.iat ?? 0) > now + CLOCK_LEEWAY)
    throw unauthorized('invalid_token', 'the token is not valid yet');
  checkIssuerAndAudience(claims, algorithm !== 'HS256', config);
  return claims.sub ?? sessionUserId(claims, now);
}

/**
 * Requires the expected issuer and audience (RFC 7519 §4.1.3). If none is configured, `iss` and `aud` of a token that
 * is signed with a published key must name the issuer's origin, as Better Auth's `jwt` plugin sets them: the issuer
 * signs tokens for third parties with the same keys.
 */
function checkIssuerAndAudience({ iss, aud, azp }: Claims, isPublished: boolean, config: Config): void {
  const names = (claim: unknown, values: unknown[], configured: string | undefined) =>
    configured === undefined
      ? !isPublished || claim === undefined || values.includes(config.issuerOrigin)
      : values.includes(configured);
  if (!names(iss, [iss], config.issuer))
    throw notIntended('the token is from another issuer', 'JWT_ISSUER', config.issuer);
  // `azp` is the client that an OAuth access token was issued to.
  const isForThirdParty = isPublished && azp !== undefined && config.audience === undefined;
  if (isForThirdParty || !names(aud, [aud].flat(), config.audience))
    throw notIntended('the token is for another audience', 'JWT_AUDIENCE', config.audience);
}

function notIntended(description: string, variable: string, configured: string | undefined): ApiError {
  const rule =
    configured === undefined ? `${variable} is not set, so only BETTER_AUTH_URL is accepted` : `not ${variable}`;
  return unauthorized('invalid_token', description, `${description}: ${rule}`);
}

/** A session token ends with its session, although its envelope lives longer. */
function sessionUserId(claims: Claims, now: number): string {
  const parsed = sessionSchema.safeParse(claims);
  if (!parsed.success || parsed.data.user.id !== parsed.data.session.userId)
    throw unauthorized('invalid_token', 'the token names no user');
  const { expiresAt } = parsed.data.session;
  if (expiresAt !== undefined && !(toSeconds(expiresAt) > now))
    throw unauthorized('token_expired', 'the session of the token expired');
  return parsed.data.user.id;
}

/** An ISO 8601 date, or a number of milliseconds or seconds since 1970, in seconds. */
function toSeconds(date: string | number): number {
  if (typeof date === 'string') return Date.parse(date) / 1000;
  return date > 1e11 ? date / 1000 : date;
}
