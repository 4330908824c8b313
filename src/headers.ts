import { createMiddleware } from 'hono/factory';
import type { AppEnv } from './index.ts';

const HALF_A_YEAR = 15_552_000;

/** Headers that stand on every answer: no content sniffing, no shared cache for what belongs to a user, HTTPS in production. */
export const responseHeaders = createMiddleware<AppEnv>(async function responseHeaders(c, next) {
  c.header('X-Content-Type-Options', 'nosniff');
  if (c.req.path.startsWith('/api')) c.header('Cache-Control', 'private, no-cache');
  if (c.env.ENVIRONMENT === 'production') c.header('Strict-Transport-Security', `max-age=${HALF_A_YEAR}`);
  await next();
});
