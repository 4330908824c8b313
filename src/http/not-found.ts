import type { Context, Hono } from 'hono';
import type { AppEnv } from './app-env.ts';
import { ApiError } from './errors.ts';

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** @returns the error of a path that no route has. */
export function unknownPath(): ApiError {
  return new ApiError('not_found', { detail: 'There is nothing at this path' });
}

/**
 * Handles a request that no route matches, by asking the router which other methods the path has.
 *
 * @throws {ApiError} `method_not_allowed` with `Allow` (RFC 9110 §15.5.6), or `not_found`.
 */
export function handleNotFound(app: Hono<AppEnv>) {
  return function notFound(c: Context<AppEnv>): Response {
    const offered = methods.filter((method) =>
      app.router.match(method, c.req.path)[0].some(([[, route]]) => route.method === method),
    );
    if (offered.length === 0) throw unknownPath();
    const allow = ['OPTIONS', ...(offered.includes('GET') ? ['HEAD'] : []), ...offered].join(', ');
    if (c.req.method !== 'OPTIONS') throw new ApiError('method_not_allowed', { headers: { Allow: allow } });
    c.header('Allow', allow);
    return c.body(null, 204);
  };
}
