import { createMiddleware } from 'hono/factory';
import type { AppEnv } from '../../src/index.ts';

export * from '../../src/auth.ts';

/** Stands in for `authenticate` of `src/auth.ts` in a build of the whole Worker that looks at no token. */
export const authenticate = createMiddleware<AppEnv>(async function authenticate(c, next) {
  c.set('userId', 'nobody');
  await next();
});
