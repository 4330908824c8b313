import { createMiddleware } from 'hono/factory';
import * as z from 'zod/mini';
import type { Config } from './env.ts';
import { ApiError, validationError } from './errors.ts';
import type { AppEnv } from './index.ts';
import { type Header, isSignedBy, keyFor, parseToken } from './token.ts';

/** Set by `authenticate`: whose request this is. */
export type UserVariables = { userId: string };

/** Seconds that the issuer's clock may be ahead of ours; never applied to `exp`. */
const CLOCK_LEEWAY = 30;

const REALM = 'taskflow';

/** How many verified tokens are remembered, and the longest, in characters. */
const MOST_TOKENS = 1_000;
const LONGEST_TOKEN = 2_048;

/** An opaque user id: 1–255 characters as PostgreSQL counts them, none a control character. */
export const userId = z.lazy(() =>
  z
    .string()
    .check(
      z.refine(
        (id) => id.isWellFormed() && /^\P{Cc}{1,255}$/u.test(id),
        'must have 1 to 255 characters, none a control character',
      ),
    ),
);

/** What any token must claim. `sub` names the user, or else a Better Auth session proves one (A-004 of S3). */
const claims = z.lazy(() =>
  z.object({
    exp: z.optional(z.number()),
    nbf: z.optional(z.number()),
    iat: z.optional(z.number()),
    iss: z.optional(z.unknown()),
    aud: z.optional(z.unknown()),
    sub: z.optional(userId),
    user: z.optional(z.unknown()),
    session: z.optional(z.unknown()),
  }),
);

type Claims = z.output<typeof claims>;

/** The `user` and `session` of the token that Better Auth's `cookieCache` with `strategy: "jwt"` signs. */
const session = z.lazy(() => z.object({ user: z.object({ id: userId }), session: z.object({ userId }) }));

/**
 * Finds out whose request this is, from its bearer token alone (S3 FR-003).
 *
 * @throws {ApiError} `not_authenticated`, `invalid_token`, `invalid_signature` or `token_expired`,
 * each with a `WWW-Authenticate` challenge (RFC 6750 §3).
 */
export const authenticate = createMiddleware<AppEnv>(async function authenticate(c, next) {
  const token = bearerToken(c.req.header('Authorization'));
  c.set('userId', userOf(await verifiedClaims(token, c.get('config')), c.get('config')));
  await next();
});

/**
 * Lets a user pass to the addresses under their own id alone (S1 FR-005), before anything is read.
 *
 * @throws {ApiError} `validation_failed` where the id can be no user's, `forbidden` where it is another's.
 */
export const onlyOwnAddress = createMiddleware<AppEnv>(async function onlyOwnAddress(c, next) {
  const addressed = userId.safeParse(c.req.param('user_id'));
  if (!addressed.success)
    throw validationError([{ field: 'user_id', message: addressed.error.issues[0]?.message ?? '' }]);
  if (addressed.data !== c.get('userId')) throw new ApiError('forbidden');
  await next();
});

function bearerToken(header: string | undefined): string {
  if (!header) throw new ApiError('not_authenticated', { headers: challenge() });
  const token = /^bearer +(\S+)\s*$/i.exec(header)?.[1];
  if (!token) throw rejection('invalid_token', 'the token is malformed');
  return token;
}

/** What a token says, and the key that has signed it. */
type Verified = { header: Header; claims: Claims; key: CryptoKey };

/**
 * Tokens whose signatures were right, since clients send the same one for minutes: to verify it once more, with the
 * same key, is a tenth of a short request and more, and cannot end otherwise. Whether the key still counts, and what
 * the clock says to the claims, is asked each time. The same token spelled otherwise is another, verified for itself.
 */
const verified = new Map<string, Verified>();

/** The claims of a token whose signature is right. What they say is not looked at before that is known. */
async function verifiedClaims(token: string, config: Config): Promise<Claims> {
  const known = verified.get(token);
  if (known && (await keyFor(known.header, config))?.key === known.key) return known.claims;
  const parsed = parseToken(token);
  if (!parsed) throw rejection('invalid_token', 'the token is malformed');
  const key = await keyFor(parsed.header, config);
  if (!key) throw rejection('invalid_token', 'the token is signed with an unsupported algorithm or an unknown key');
  if (!(await isSignedBy(parsed, key))) throw rejection('invalid_signature', 'the signature does not match');
  const claimed = claims.safeParse(parsed.payload);
  if (!claimed.success) throw rejection('invalid_token', 'a claim of the token is malformed');
  remember(token, { header: parsed.header, claims: claimed.data, key: key.key });
  return claimed.data;
}

/** In the place of the one that has been there longest, where there are many already. */
function remember(token: string, it: Verified): void {
  if (token.length > LONGEST_TOKEN) return;
  verified.delete(token); // Where its key was read anew: to be the newest.
  const [oldest = ''] = verified.keys();
  if (verified.size >= MOST_TOKENS) verified.delete(oldest);
  verified.set(token, it);
}

function userOf(claimed: Claims, { issuer, audience }: Config): string {
  const now = Date.now() / 1000;
  if (claimed.exp === undefined) throw rejection('invalid_token', 'the token has no expiry');
  if (claimed.exp <= now) throw rejection('token_expired', 'the token expired');
  if (Math.max(claimed.nbf ?? 0, claimed.iat ?? 0) > now + CLOCK_LEEWAY)
    throw rejection('invalid_token', 'the token is not valid yet');
  if (issuer !== undefined && claimed.iss !== issuer)
    throw rejection('invalid_token', 'the token is from another issuer');
  if (audience !== undefined && ![claimed.aud].flat().includes(audience))
    throw rejection('invalid_token', 'the token is for another audience');
  return claimed.sub ?? sessionUser(claimed);
}

function sessionUser(claimed: Claims): string {
  const parsed = session.safeParse(claimed);
  if (!parsed.success || parsed.data.user.id !== parsed.data.session.userId)
    throw rejection('invalid_token', 'the token names no user');
  return parsed.data.user.id;
}

/** A token that opens nothing; `description` says why, to the client and in the log (RFC 6750 §3). */
export function rejection(
  code: 'invalid_token' | 'invalid_signature' | 'token_expired',
  description: string,
): ApiError {
  return new ApiError(code, {
    headers: challenge(`, error="invalid_token", error_description="${description}"`),
    log: description,
  });
}

function challenge(reason = ''): Record<string, string> {
  return { 'WWW-Authenticate': `Bearer realm="${REALM}"${reason}` };
}
