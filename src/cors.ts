import { cors } from 'hono/cors';
import { createMiddleware } from 'hono/factory';
import { allowedOrigins } from './env.ts';
import type { AppEnv } from './index.ts';

/** Seconds that a browser may remember a preflight's answer. */
const PREFLIGHT_MAX_AGE = 600;

const allow = cors({
  origin: (origin) => origin,
  credentials: true,
  allowMethods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
  allowHeaders: ['Authorization', 'Content-Type', 'If-Match', 'If-None-Match', 'Idempotency-Key', 'X-Request-Id'],
  exposeHeaders: ['ETag', 'Link', 'Location', 'Retry-After', 'X-Request-Id', 'Idempotency-Replayed'],
  maxAge: PREFLIGHT_MAX_AGE,
});

/** Lets the listed origins read our answers (S1 FR-015); another origin learns nothing, not even that there are some. */
export const crossOrigin = createMiddleware<AppEnv>(async function crossOrigin(c, next) {
  if (allowedOrigins(c.env).has(c.req.header('Origin') ?? '')) return allow(c, next);
  c.header('Vary', 'Origin');
  if (c.req.method === 'OPTIONS') return c.notFound(); // No route takes it: the answer lists the path's methods.
  await next();
});
