import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import { Hono } from 'hono/tiny';
import { authenticate, onlyOwnAddress } from '../auth.ts';
import { openDatabase } from '../db/client.ts';
import type { AppEnv } from '../index.ts';
import { idempotencyKey, isKnown, matchedVersions } from '../preconditions.ts';
import { checked, jsonBody } from '../validation.ts';
import { sendAll, sendNotModified, sendPage, sendTask } from './answers.ts';
import { listQuery } from './list-query.ts';
import { taskRepository } from './repository.ts';
import { type Change, change, creation, taskParams, toggle } from './task.ts';

/** Where the resource is mounted: `/api/tasks`, or `/api/{user_id}/tasks`. */
export type Address = 'token' | 'path';

/** In Unicode code points: S0 FR-002 has a maximum, S1 FR-012 has none. */
const longestDescription = { token: 1000, path: Number.POSITIVE_INFINITY };

/** The task resource at one of its addresses. */
export function taskRoutes(address: Address) {
  const guards = address === 'path' ? [authenticate, onlyOwnAddress] : [authenticate];

  const bindRepository = createMiddleware<AppEnv>(async function bindRepository(c, next) {
    const connection = openDatabase(c.get('config'), (done) => c.executionCtx.waitUntil(done));
    c.set('tasks', taskRepository(connection, c.get('userId'), address === 'path'));
    await next();
    if (!c.get('streams')) connection.close();
  });

  const withId = checked('param', taskParams);
  const withCreation = jsonBody(() => creation(longestDescription[address]));
  const withChange = jsonBody(() => change(longestDescription[address]));

  const update = async (c: Context<AppEnv>, id: bigint, fields: Change) =>
    sendTask(c, await c.get('tasks').update(id, fields, matchedVersions(c)), 200);

  return new Hono<AppEnv>()
    .use(...guards, bindRepository)
    .get('/', checked('query', listQuery), async (c) => {
      const { limit, ...filter } = c.req.valid('query');
      return limit === undefined ? sendAll(c, filter) : sendPage(c, { ...filter, limit });
    })
    .post('/', withCreation, async (c) => {
      const key = idempotencyKey(c);
      const tasks = c.get('tasks');
      const task = await (key === undefined
        ? tasks.create(c.req.valid('json'))
        : tasks.createOnce(key, c.req.valid('json')));
      if ('replayed' in task && task.replayed) c.header('Idempotency-Replayed', 'true');
      c.header('Location', `${new URL(c.req.url).pathname.replace(/\/$/, '')}/${task.id}`);
      return sendTask(c, task, 201);
    })
    .get('/:id', withId, async (c) => {
      const { id } = c.req.valid('param');
      const task = await c.get('tasks').get(id);
      return isKnown(c, task.version) ? sendNotModified(c, task) : sendTask(c, task, 200);
    })
    .put('/:id', withId, withChange, (c) => update(c, c.req.valid('param').id, c.req.valid('json')))
    .patch('/:id', withId, withChange, (c) => update(c, c.req.valid('param').id, c.req.valid('json')))
    .patch('/:id/complete', withId, jsonBody(toggle, {}), async (c) => {
      const { id } = c.req.valid('param');
      const { completed } = c.req.valid('json');
      const tasks = c.get('tasks');
      const versions = matchedVersions(c);
      const task = await (completed === undefined
        ? tasks.toggle(id, versions)
        : tasks.update(id, { completed }, versions));
      return sendTask(c, task, 200);
    })
    .delete('/:id', withId, async (c) => {
      const { id } = c.req.valid('param');
      await c.get('tasks').remove(id, matchedVersions(c));
      return c.body(null, 204);
    });
}
