import { cors } from 'hono/cors';
import { createMiddleware } from 'hono/factory';
import { allowedOrigins } from '../config.ts';
import type { AppEnv } from './app-env.ts';
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
  const origin = c.req.header('Origin') ?? '';
  if (allowedOrigins(c.env).has(origin.toLowerCase())) return allowOrigin(c, next);
  if (origin && origin !== new URL(c.req.url).origin && c.env.ENVIRONMENT === 'development')
    writeLogLine('info', { event: 'origin refused', hint: `add ${origin} to CORS_ORIGINS in .dev.vars` });
  c.header('Vary', 'Origin');
  if (c.req.method === 'OPTIONS') return c.notFound(); // No route has OPTIONS: responds with the path's methods.
  await next();
});
