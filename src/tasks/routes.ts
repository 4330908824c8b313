import type { Context, TypedResponse } from 'hono';
import { createFactory } from 'hono/factory';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { authenticate, onlyOwnAddress } from '../auth.ts';
import { openDatabase } from '../db/client.ts';
import type { AppEnv } from '../index.ts';
import { checked, jsonBody } from '../validation.ts';
import { type StoredTask, taskRepository } from './repository.ts';
import { change, creation, listQuery, type Task, taskParams, toggle } from './task.ts';

/** Where the resource is mounted: `/api/tasks`, or `/api/{user_id}/tasks`. */
export type Address = 'token' | 'path';

/** In Unicode code points: S0 FR-002 has a maximum, S1 FR-012 has none. */
const longestDescription = { token: 1000, path: Number.POSITIVE_INFINITY };

const factory = createFactory<AppEnv>();

/** The task resource at one of its addresses. */
export function taskRoutes(address: Address) {
  const guards = address === 'path' ? [authenticate, onlyOwnAddress] : [authenticate];

  const bindRepository = factory.createMiddleware(async function bindRepository(c, next) {
    c.set('tasks', taskRepository(openDatabase(c.var.config), c.var.userId, address === 'path'));
    await next();
  });

  const withId = checked('param', taskParams);
  const withChange = jsonBody(change(longestDescription[address]));

  const update = factory.createHandlers(withId, withChange, async (c) => {
    const { id } = c.req.valid('param');
    return sendTask(c, await c.var.tasks.update(id, c.req.valid('json')));
  });

  return factory
    .createApp()
    .use(...guards, bindRepository)
    .get('/', checked('query', listQuery), async (c) => {
      const { completed } = c.req.valid('query');
      return sendJson<Task[], 200>(c, await c.var.tasks.list(completed), 200);
    })
    .post('/', jsonBody(creation(longestDescription[address])), async (c) => {
      const task = await c.var.tasks.create(c.req.valid('json'));
      c.header('Location', `${new URL(c.req.url).pathname.replace(/\/$/, '')}/${task.id}`);
      return sendJson<Task, 201>(c, task.json, 201);
    })
    .get('/:id', withId, async (c) => {
      const { id } = c.req.valid('param');
      return sendTask(c, await c.var.tasks.get(id));
    })
    .put('/:id', ...update)
    .patch('/:id', ...update)
    .patch('/:id/complete', withId, jsonBody(toggle, {}), async (c) => {
      const { id } = c.req.valid('param');
      const { completed } = c.req.valid('json');
      const { tasks } = c.var;
      return sendTask(c, await (completed === undefined ? tasks.toggle(id) : tasks.update(id, { completed })));
    })
    .delete('/:id', withId, async (c) => {
      const { id } = c.req.valid('param');
      await c.var.tasks.remove(id);
      return c.body(null, 204);
    });
}

function sendTask(c: Context, task: StoredTask) {
  return sendJson<Task, 200>(c, task.json, 200);
}

/** Sends JSON that is written already, under the type that clients of `hc` see. */
function sendJson<T, Status extends ContentfulStatusCode>(c: Context, json: string, status: Status) {
  const answer = c.body(json, status, { 'Content-Type': 'application/json' });
  return answer as unknown as Response & TypedResponse<T, Status, 'json'>;
}
