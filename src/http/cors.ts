import { cors } from 'hono/cors';
import { createMiddleware } from 'hono/factory';
import { parseHttpUrl, splitList, toOrigin } from '../config-rules.ts';
import { readVariable } from '../environment.ts';
import type { AppEnv, Bindings } from './app-env.ts';
import { writeLogLine } from './request-log.ts';

/** What cross-origin pages may send and read: any header that they ask for. `maxAge` is in seconds. */
export const corsPolicy = {
  allowMethods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
  exposeHeaders: ['ETag', 'Link', 'Location', 'Retry-After', 'X-Request-Id', 'Idempotency-Replayed'],
  maxAge: 600,
};

const allowOrigin = cors({ ...corsPolicy, origin: (origin) => origin, credentials: true });

/** Adds the CORS headers for an allowed origin (S1 FR-015), and none for any other. */
export const crossOrigin = createMiddleware<AppEnv>(async function crossOrigin(c, next) {
  const origin = c.req.header('Origin');
  if (origin && allowedOrigins(c.env).includes(origin.toLowerCase())) return allowOrigin(c, next);
  if (origin && origin !== new URL(c.req.url).origin && readVariable(c.env, 'ENVIRONMENT') !== 'production') {
    const hint = toOrigin(origin) ? `add ${origin} to CORS_ORIGINS in .dev.vars` : 'no CORS_ORIGINS can allow it';
    writeLogLine('info', { event: 'origin refused', hint });
  }
  c.header('Vary', 'Origin');
  if (c.req.method === 'OPTIONS') return c.notFound(); // No route has OPTIONS: responds with the path's methods.
  await next();
});

/**
 * The allowed origins, in lower case: `CORS_ORIGINS`, by default that of `BETTER_AUTH_URL`. Read apart from the
 * configuration, and tolerant of bad entries, so that a `misconfigured` response reaches a frontend as well.
 */
function allowedOrigins(env: Bindings): (string | undefined)[] {
  const listed = splitList(readVariable(env, 'CORS_ORIGINS')).map(toOrigin);
  return listed.length > 0 ? listed : [parseHttpUrl(readVariable(env, 'BETTER_AUTH_URL') ?? '')?.origin];
}
