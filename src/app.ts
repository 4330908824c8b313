import { requestId } from 'hono/request-id';
import { Hono } from 'hono/tiny';
import { getPath } from 'hono/utils/url';
import { readConfig } from './config.ts';
import { checkReadiness } from './db/readiness.ts';
import type { AppEnv } from './http/app-env.ts';
import { crossOrigin } from './http/cors.ts';
import { docs } from './http/docs.ts';
import { handleError } from './http/error-handler.ts';
import { handleNotFound } from './http/not-found.ts';
import { logRequest } from './http/request-log.ts';
import { securityHeaders } from './http/security-headers.ts';
import { readUnreadBody } from './http/unread-body.ts';
import { taskRoutes } from './tasks/routes.ts';

/**
 * The path that the router sees. A trailing slash changes nothing. An empty segment becomes U+0000, so that it reaches
 * the validators, which refuse it, instead of matching no route.
 */
function routedPath(request: Request): string {
  return getPath(request)
    .replaceAll('//', '/\0/')
    .replace(/(?<=.)\/$/, '');
}

export const app = new Hono<AppEnv>({ getPath: routedPath });

app.use(requestId(), logRequest, securityHeaders, crossOrigin, readUnreadBody);
app.use(async function configure(c, next) {
  c.set('config', readConfig(c.env));
  await next();
});
app.onError(handleError);
app.notFound(handleNotFound(app));
app.route('/', docs);

const routes = app
  .get('/health', (c) => c.json({ status: 'ok' }))
  .get('/ready', async (c) => {
    await checkReadiness(c.get('config'));
    return c.json({ status: 'ok' });
  })
  .route('/api/tasks', taskRoutes('token'))
  .route('/api/:user_id/tasks', taskRoutes('user'));

/** The API's routes, for Hono's typed client `hc`. */
export type App = typeof routes;
