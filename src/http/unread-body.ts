import { createMiddleware } from 'hono/factory';
import { readVariable } from '../environment.ts';
import type { AppEnv } from './app-env.ts';

/**
 * In development, reads what a refused request left of its body: otherwise `wrangler dev` fails the next request. Its
 * own middleware for this comes only with its bundler, which `no_bundle` turns off.
 */
export const readUnreadBody = createMiddleware<AppEnv>(async function readUnreadBody(c, next) {
  await next();
  if (readVariable(c.env, 'ENVIRONMENT') !== 'development') return;
  const { body, bodyUsed } = c.req.raw;
  if (body && !bodyUsed) await body.pipeTo(new WritableStream()).catch(() => {});
});
