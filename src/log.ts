import { createMiddleware } from 'hono/factory';
import { routePath } from 'hono/route';
import { describeError } from './errors.ts';
import type { AppEnv } from './index.ts';

/**
 * Writes one line of JSON per request (S1 NFR-004). The route's pattern stands for the path, and the
 * query is left out: a log is no place for what users type.
 */
export const logRequest = createMiddleware<AppEnv>(async function logRequest(c, next) {
  const start = Date.now();
  await next();
  const { status } = c.res;
  const line = {
    time: new Date().toISOString(),
    level: status >= 500 ? 'error' : 'info',
    request_id: c.var.requestId,
    method: c.req.method,
    route: routePath(c, -1),
    status,
    duration_ms: Date.now() - start,
    user_id: c.var.userId,
    error: c.error && describeError(c.error),
  };
  console.log(JSON.stringify(line));
});
