import * as z from 'zod';
import type * as openapi from 'zod-openapi';
import * as errors from './errors.ts';
import { listQuery, requestHeaders, taskId, userId } from './parameters.ts';
import { bodySchemas, completeTask } from './schemas.ts';
import * as responses from './task-responses.ts';

const createExamples = {
  'A title and a description': responses.newTask,
  'A completed task': { title: 'File taxes', description: null, completed: true },
};
const updateExamples = { Complete: { completed: true }, 'Clear the description': { description: null } };
const completeExamples = { Toggle: {}, Complete: { completed: true }, Reopen: { completed: false } };

function jsonBody(schema: z.core.$ZodType, examples: Record<string, object>) {
  const named = Object.entries(examples).map(([summary, value]) => [summary, { summary, value }]);
  return { content: { 'application/json': { schema, examples: Object.fromEntries(named) } } };
}

const failures = { ...errors.unauthorized, ...errors.methodNotAllowed, ...errors.serverError, ...errors.unavailable };

const tokenPrefix = { tags: ['Tasks'], noun: 'Task', params: {}, failures, ...bodySchemas('token', 'Task') };

const userPrefix: typeof tokenPrefix = {
  tags: ['Tasks by user'],
  noun: 'UserTask',
  params: { user_id: userId },
  failures: { ...failures, ...errors.forbidden },
  ...bodySchemas('user', 'UserTask'),
};

type Prefix = typeof tokenPrefix;

const operation = ({ tags, noun }: Prefix, operationId: string, summary: string) => ({
  operationId: operationId.replace('Task', noun),
  tags,
  summary,
});

const itemParams = ({ params }: Prefix, ...names: Parameters<typeof requestHeaders>) => ({
  path: z.object({ ...params, id: taskId }),
  header: requestHeaders(...names),
});

function collection(prefix: Prefix): openapi.ZodOpenApiPathItemObject {
  const path = z.object(prefix.params);
  return {
    get: {
      ...operation(prefix, 'listTasks', 'List tasks'),
      description: 'Newest first. Paging repeats no task, and skips none that was there throughout.',
      requestParams: { path, query: listQuery },
      responses: { 200: responses.foundTasks, ...prefix.failures, ...errors.invalidParameter },
    },
    post: {
      ...operation(prefix, 'createTask', 'Create a task'),
      description: 'With an `Idempotency-Key` that was sent before, it returns the task of the first request.',
      requestParams: { path, header: requestHeaders('Idempotency-Key') },
      requestBody: { required: true, ...jsonBody(prefix.create, createExamples) },
      responses: { 201: responses.createdTask, ...prefix.failures, ...errors.refusedCreate },
    },
  };
}

function update(prefix: Prefix, operationId: string): openapi.ZodOpenApiOperationObject {
  return {
    ...operation(prefix, operationId, 'Update a task'),
    description:
      '`PUT` and `PATCH` are the same: absent fields stay as they are. ' +
      'If `completed` and `is_completed` differ, the task is toggled.',
    requestParams: itemParams(prefix, 'If-Match'),
    requestBody: { required: true, ...jsonBody(prefix.update, updateExamples) },
    responses: { 200: responses.updatedTask, ...prefix.failures, ...errors.notFound, ...errors.refusedUpdate },
  };
}

function item(prefix: Prefix): openapi.ZodOpenApiPathItemObject {
  const itemFailures = { ...prefix.failures, ...errors.notFound, ...errors.invalidParameter };
  return {
    get: {
      ...operation(prefix, 'getTask', 'Get a task'),
      requestParams: itemParams(prefix, 'If-None-Match'),
      responses: { 200: responses.foundTask, 304: responses.notModified, ...itemFailures },
    },
    put: update(prefix, 'putTask'),
    patch: update(prefix, 'patchTask'),
    delete: {
      ...operation(prefix, 'deleteTask', 'Delete a task'),
      requestParams: itemParams(prefix, 'If-Match'),
      responses: { 204: responses.deleted, ...itemFailures, ...errors.refusedDelete },
    },
  };
}

const completion = (prefix: Prefix): openapi.ZodOpenApiPathItemObject => ({
  patch: {
    ...operation(prefix, 'completeTask', 'Toggle or set the completion flag of a task'),
    description: 'Without `completed`, it is toggled: each request counts, however many arrive at once.',
    requestParams: itemParams(prefix, 'If-Match'),
    requestBody: { required: false, ...jsonBody(completeTask, completeExamples) },
    responses: { 200: responses.updatedTask, ...prefix.failures, ...errors.notFound, ...errors.refusedUpdate },
  },
});

/** The paths of the tasks. */
export const taskPaths: openapi.ZodOpenApiPathsObject = {
  '/api/tasks': collection(tokenPrefix),
  '/api/tasks/{id}': item(tokenPrefix),
  '/api/tasks/{id}/complete': completion(tokenPrefix),
  '/api/{user_id}/tasks': collection(userPrefix),
  '/api/{user_id}/tasks/{id}': item(userPrefix),
  '/api/{user_id}/tasks/{id}/complete': completion(userPrefix),
};
