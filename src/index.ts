import { sql } from 'drizzle-orm';
import { Hono } from 'hono';
import { type RequestIdVariables, requestId } from 'hono/request-id';
import type { UserVariables } from './auth.ts';
import { crossOrigin } from './cors.ts';
import { openDatabase } from './db/client.ts';
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
  Variables: RequestIdVariables & UserVariables & { config: Config; tasks: TaskRepository };
};

const app = new Hono<AppEnv>({ strict: false });
app.use(requestId(), logRequest, responseHeaders, crossOrigin);
app.use(async function configure(c, next) {
  c.set('config', readConfig(c.env));
  await next();
});
app.onError(answerError);
app.notFound(answerUnrouted(app));

const routes = app
  .get('/health', (c) => c.json({ status: 'ok' }))
  .get('/ready', async (c) => {
    await openDatabase(c.var.config).execute(sql`select 1`);
    return c.json({ status: 'ok' });
  })
  .route('/api/tasks', taskRoutes('token'))
  .route('/api/:user_id/tasks', taskRoutes('path'));

/** The API's routes, for Hono's typed client `hc`. */
export type App = typeof routes;

export default app;
