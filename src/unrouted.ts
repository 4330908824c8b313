import type { Context, Hono } from 'hono';
import { ApiError, unknownPath } from './errors.ts';
import type { AppEnv } from './index.ts';

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/**
 * Answers what no route took: 405 where the path has other methods (the router itself is asked which),
 * the same list to a plain OPTIONS, else 404.
 *
 * @throws {ApiError} `method_not_allowed` with `Allow` (RFC 9110 §15.5.6), `not_found`.
 */
export function answerUnrouted(app: Hono<AppEnv>) {
  return function unrouted(c: Context<AppEnv>): Response {
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
