import { createMiddleware } from 'hono/factory';
import type { Bindings } from '../http/app-env.ts';
import { ApiError } from '../http/errors.ts';
import { writeLogLine } from '../http/request-log.ts';
import type { AuthenticatedEnv } from './authenticate.ts';

/** Seconds: the longer of the two periods that Cloudflare's binding has. */
const RETRY_AFTER = '60';

/**
 * Asks the rate-limiting binding, if there is one, once per write with the user as the key. If it fails, writes go
 * through.
 *
 * @throws {ApiError} `rate_limited`
 */
export const limitWrites = createMiddleware<AuthenticatedEnv>(async function limitWrites(c, next) {
  const isRead = c.req.method === 'GET' || c.req.method === 'HEAD';
  if (!isRead && !(await isAllowed(c.env, c.get('userId'))))
    throw new ApiError('rate_limited', { headers: { 'Retry-After': RETRY_AFTER } });
  await next();
});

async function isAllowed({ RATE_LIMITER }: Bindings, userId: string): Promise<boolean> {
  try {
    const result = await RATE_LIMITER?.limit({ key: userId });
    return result?.success !== false;
  } catch {
    writeLogLine('error', { event: 'rate limiter failed' });
    return true;
  }
}
