import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import { routePath } from 'hono/route';
import type { AppEnv } from './app-env.ts';
import { describeError } from './error-handler.ts';

/**
 * Writes one line of JSON per request (S1 NFR-004). It holds the route's pattern instead of the path, and no query,
 * because both hold what users type.
 */
export const logRequest = createMiddleware<AppEnv>(async function logRequest(c, next) {
  const start = Date.now();
  await next();
  const { status } = c.res;
  const error = c.error && describeError(c.error);
  writeLine(c, status >= 500 ? 'error' : 'info', { status, duration_ms: Date.now() - start, error });
});

/** Logs an error that occurred after the status was sent, while the body was being streamed. */
export function logStreamError(c: Context, error: unknown): void {
  writeLine(c, 'error', { error: describeError(error) });
}

function writeLine(c: Context, level: 'info' | 'error', fields: Record<string, unknown>): void {
  const { requestId: request_id, userId: user_id } = c.var;
  writeLogLine(level, { request_id, method: c.req.method, route: routePath(c, -1), ...fields, user_id });
}

/** Writes one line of JSON. U+2028 and U+2029, which a user's id may hold, end a line for some readers. */
export function writeLogLine(level: 'info' | 'error', fields: Record<string, unknown>): void {
  const line = JSON.stringify({ time: new Date().toISOString(), level, ...fields });
  console.log(line.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029'));
}
