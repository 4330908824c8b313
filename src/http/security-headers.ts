import { createMiddleware } from 'hono/factory';
import { readVariable } from '../environment.ts';
import type { AppEnv } from './app-env.ts';

/** Half a year, in seconds. */
const HSTS_MAX_AGE = 15_552_000;

/** Headers of every response: no content sniffing, no shared caching of user data, HTTPS in production. */
export const securityHeaders = createMiddleware<AppEnv>(async function securityHeaders(c, next) {
  c.header('X-Content-Type-Options', 'nosniff');
  if (c.req.path.startsWith('/api')) c.header('Cache-Control', 'private, no-cache');
  if (readVariable(c.env, 'ENVIRONMENT') === 'production')
    c.header('Strict-Transport-Security', `max-age=${HSTS_MAX_AGE}`);
  await next();
});
