import { type RequestIdVariables, requestId } from 'hono/request-id';
import { Hono } from 'hono/tiny';
import { getPath } from 'hono/utils/url';
import type { UserVariables } from './auth.ts';
import { crossOrigin } from './cors.ts';
import { openDatabase } from './db/client.ts';
import { docs } from './docs.ts';
import { type Bindings, type Config, readConfig } from './env.ts';
import { answerError } from './errors.ts';
import { responseHeaders } from './headers.ts';
import { logRequest } from './log.ts';
import type { TaskRepository } from './tasks/repository.ts';
import { taskRoutes } from './tasks/routes.ts';
import { answerUnrouted } from './unrouted.ts';

/** What every handler can rely on: the bindings, and what the middleware before it has set. */
export type AppEnv = {
  Bindings: Bindings;
  Variables: RequestIdVariables & UserVariables & { config: Config; tasks: TaskRepository; streams?: true };
};

/**
 * The path as the router sees it: a trailing slash changes nothing, and an empty segment holds U+0000, so that
 * it reaches the validators, which refuse it, and not only the router, which would know no such path.
 */
function routedPath(request: Request): string {
  return getPath(request)
    .replaceAll('//', '/\0/')
    .replace(/(?<=.)\/$/, '');
}

const app = new Hono<AppEnv>({ getPath: routedPath });
app.use(requestId(), logRequest, responseHeaders, crossOrigin);
app.use(async function configure(c, next) {
  c.set('config', readConfig(c.env));
  await next();
});
app.onError(answerError);
app.notFound(answerUnrouted(app));
app.route('/', docs);

const routes = app
  .get('/health', (c) => c.json({ status: 'ok' }))
  .get('/ready', async (c) => {
    const { run, close } = openDatabase(c.get('config'), (done) => c.executionCtx.waitUntil(done));
    await run({ sql: 'select 1', params: [], isRead: true }).finally(close);
    return c.json({ status: 'ok' });
  })
  .route('/api/tasks', taskRoutes('token'))
  .route('/api/:user_id/tasks', taskRoutes('path'));

/** The API's routes, for Hono's typed client `hc`. */
export type App = typeof routes;

export default app;
