import type { Context } from 'hono';
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
  writeLine(c, status >= 500 ? 'error' : 'info', {
    route: routePath(c, -1),
    status,
    duration_ms: Date.now() - start,
    user_id: c.get('userId'),
    error: c.error && describeError(c.error),
  });
});

/** Writes a line about a failure that comes too late for its answer's own line: the status has been sent. */
export function logLateFailure(c: Context<AppEnv>, error: unknown): void {
  const described = error instanceof Error ? describeError(error) : { code: 'internal_error' };
  writeLine(c, 'error', { route: routePath(c, -1), user_id: c.get('userId'), error: described });
}

function writeLine(c: Context<AppEnv>, level: 'info' | 'error', rest: Record<string, unknown>): void {
  const request_id = c.get('requestId');
  console.log(JSON.stringify({ time: new Date().toISOString(), level, request_id, method: c.req.method, ...rest }));
}
