import { createMiddleware } from 'hono/factory';
import { ApiError } from '../http/errors.ts';
import { writeLogLine } from '../http/request-log.ts';
import type { AuthenticatedEnv } from './authenticate.ts';

/** Seconds: the longer of the two periods that Cloudflare's binding has. */
const RETRY_AFTER = '60';

/**
 * Asks the rate-limiting binding, where there is one, once per write with the user as the key. Where it fails, writes go
 * through.
 *
 * @throws {ApiError} `rate_limited`
 */
export const limitWrites = createMiddleware<AuthenticatedEnv>(async function limitWrites(c, next) {
  if (c.req.method !== 'GET' && c.req.method !== 'HEAD') {
    const result = await c.env.RATE_LIMITER?.limit({ key: c.get('userId') }).catch(reportFailure);
    if (result?.success === false) throw new ApiError('rate_limited', { headers: { 'Retry-After': RETRY_AFTER } });
  }
  await next();
});

function reportFailure(): undefined {
  writeLogLine('error', { event: 'rate limiter failed' });
}
