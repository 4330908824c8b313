import type { Context } from 'hono';
import { Hono } from 'hono/tiny';
import { type AuthenticatedEnv, authenticate } from '../auth/authenticate.ts';
import { limitWrites } from '../auth/limit-writes.ts';
import { requireMatchingUser } from '../auth/require-matching-user.ts';
import { openDatabase } from '../db/client.ts';
import { ifMatchVersions, matchesIfNoneMatch } from '../http/conditional-requests.ts';
import { idempotencyKey } from '../http/idempotency-key.ts';
import { jsonBody } from '../http/json-body.ts';
import { validate } from '../http/validate.ts';
import { listSchema } from './list-schema.ts';
import { taskRepository } from './repository.ts';
import { type ReadPage, sendAll, sendNotModified, sendPage, sendTask } from './responses.ts';
import {
  completeTaskSchema,
  createTaskSchema,
  maxDescription,
  taskParamsSchema,
  type UpdateTask,
  updateTaskSchema,
} from './task-schema.ts';

/** The task resource under one of its route prefixes. */
export function taskRoutes(prefix: keyof typeof maxDescription) {
  /** The tasks of the token's user, for one operation. */
  const tasksOf = (c: Context<AuthenticatedEnv>) =>
    taskRepository(openDatabase(c.get('config')), c.get('userId'), prefix === 'user');

  const withId = validate('param', taskParamsSchema);
  const withNewTask = jsonBody(() => createTaskSchema(maxDescription[prefix]));
  const withUpdate = jsonBody(() => updateTaskSchema(maxDescription[prefix]));

  const update = async (c: Context<AuthenticatedEnv>, id: bigint, fields: UpdateTask) =>
    sendTask(c, await tasksOf(c).update(id, fields, ifMatchVersions(c)), 200);

  return new Hono<AuthenticatedEnv>()
    .use(authenticate, ...(prefix === 'user' ? [requireMatchingUser] : []), limitWrites)
    .get('/', validate('query', listSchema), async (c) => {
      const { completed, ...first } = c.req.valid('query');
      const readPage: ReadPage = (after, limit) => tasksOf(c).page({ completed, after, limit });
      if (first.limit === undefined) return sendAll(c, first.after, readPage);
      return sendPage(c, await readPage(first.after, first.limit));
    })
    .post('/', withNewTask, async (c) => {
      const key = idempotencyKey(c);
      const fields = c.req.valid('json');
      const task = await (key === undefined ? tasksOf(c).create(fields) : tasksOf(c).createOnce(key, fields));
      if (task.isReplay) c.header('Idempotency-Replayed', 'true');
      c.header('Location', `${new URL(c.req.url).pathname.replace(/\/$/, '')}/${task.id}`);
      return sendTask(c, task, 201);
    })
    .get('/:id', withId, async (c) => {
      const task = await tasksOf(c).get(c.req.valid('param').id);
      return matchesIfNoneMatch(c, task.version) ? sendNotModified(c, task) : sendTask(c, task, 200);
    })
    .put('/:id', withId, withUpdate, (c) => update(c, c.req.valid('param').id, c.req.valid('json')))
    .patch('/:id', withId, withUpdate, (c) => update(c, c.req.valid('param').id, c.req.valid('json')))
    .patch('/:id/complete', withId, jsonBody(completeTaskSchema, {}), (c) =>
      update(c, c.req.valid('param').id, c.req.valid('json')),
    )
    .delete('/:id', withId, async (c) => {
      await tasksOf(c).remove(c.req.valid('param').id, ifMatchVersions(c));
      return c.body(null, 204);
    });
}
