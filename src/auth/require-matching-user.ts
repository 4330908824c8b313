import { createMiddleware } from 'hono/factory';
import * as z from 'zod/mini';
import { ApiError } from '../http/errors.ts';
import { toValidationError } from '../http/validate.ts';
import type { AuthenticatedEnv } from './authenticate.ts';
import { userIdSchema } from './user-id.ts';

const schema = z.lazy(userIdSchema);

/**
 * Requires that `{user_id}` in the path is the token's user (S1 FR-005), before anything is read.
 *
 * @throws {ApiError} `validation_failed` if it can be no user's id, `forbidden` if it is another user's.
 */
export const requireMatchingUser = createMiddleware<AuthenticatedEnv>(async function requireMatchingUser(c, next) {
  const parsed = schema.safeParse(c.req.param('user_id'));
  if (!parsed.success) throw toValidationError(parsed.error.issues, 'user_id');
  if (parsed.data !== c.get('userId')) throw new ApiError('forbidden');
  await next();
});
