import { answerHeaders, type HeaderName } from './headers.ts';
import { parameterRefs, type parameters } from './parameters.ts';
import { preflight } from './preflight.ts';
import { type AnswerObject, type FailureName, failures } from './responses.ts';
import { schemaRef } from './schemas.ts';

/** One of the two addresses of the resource, and what is its own. */
export type Address = {
  path: string;
  tag: string;
  /** Stands in the `operationId`s: `createTask`, `createUserTask`. */
  noun: 'Task' | 'UserTask';
  schemas: { creation: 'NewTask' | 'NewUserTask'; change: 'TaskChange' | 'UserTaskChange' };
  parameters: (keyof typeof parameters)[];
  /** The failures of every operation. */
  failures: FailureName[];
};

const example = {
  id: 1,
  user_id: 'user_abc123',
  title: 'Buy groceries',
  description: 'Milk, eggs, bread',
  completed: false,
  is_completed: false,
  created_at: '2026-01-05T10:30:00.000Z',
  updated_at: '2026-01-05T10:30:00.000Z',
};
const done = { ...example, completed: true, is_completed: true, updated_at: '2026-01-05T11:00:00.000Z' };
const renamed = { ...example, title: 'Buy groceries and milk', updated_at: '2026-01-05T11:00:00.000Z' };

const twin = { put: 'The same as `PATCH`.', patch: 'The same as `PUT`.' };

/** The failures of a body that changes a task. */
const refusedBody = ['InvalidBody', 'BodyTooLarge', 'UnsupportedMediaType', 'ValidationFailed'] as const;

const named = (summary: string, value: unknown) => ({ summary, value });

function taskAnswer(description: string, value: object, ...headers: HeaderName[]): AnswerObject {
  return {
    description,
    headers: answerHeaders('Cache-Control', 'ETag', ...headers),
    content: { 'application/json': { schema: schemaRef('Task'), example: value } },
  };
}

const body = (schema: Parameters<typeof schemaRef>[0], examples: Record<string, object>, required = true) => ({
  required,
  content: { 'application/json': { schema: schemaRef(schema), examples } },
});

/** The collection: listing and creating. */
export function collection({ tag, noun, schemas, parameters, failures: always }: Address) {
  return {
    parameters: parameterRefs(...parameters, 'RequestId'),
    get: {
      operationId: `list${noun}s`,
      tags: [tag],
      summary: 'List tasks',
      description:
        'The newest first: all of them, whatever their number, or a page where `limit` is given. Paging while tasks come and go repeats none, and skips none that was there throughout.',
      parameters: parameterRefs('Completed', 'IsCompleted', 'Status', 'Limit', 'Cursor'),
      responses: {
        200: {
          description: 'The tasks.',
          headers: answerHeaders('Cache-Control', 'Link'),
          content: { 'application/json': { schema: { type: 'array', items: schemaRef('Task') }, example: [example] } },
        },
        ...failures(...always, 'BrokenRule', 'ValidationFailed'),
      },
    },
    post: {
      operationId: `create${noun}`,
      tags: [tag],
      summary: 'Create a task',
      description: 'With an `Idempotency-Key` it can be sent again without creating a second task.',
      parameters: parameterRefs('IdempotencyKey'),
      requestBody: body(schemas.creation, {
        usual: named('A title and a description', { title: example.title, description: example.description }),
        short: named('No more than a title', { title: 'Call mom' }),
        done: named('Done already', { title: 'File taxes', description: null, completed: true }),
      }),
      responses: {
        201: taskAnswer('The new task.', example, 'Location', 'Idempotency-Replayed'),
        ...failures(...always, 'InvalidCreation', 'BodyTooLarge', 'UnsupportedMediaType', 'CreationRefused'),
      },
    },
    options: preflight(`preflight${noun}s`),
  };
}

/** One task: reading, changing and deleting it. */
export function item({ tag, noun, schemas, parameters, failures: always }: Address) {
  const missing = [...always, 'NotFound'] as const;
  const update = (method: 'put' | 'patch') => ({
    operationId: `${method}${noun}`,
    tags: [tag],
    summary: 'Change a task',
    description: `Absent fields stay as they are, and \`description: null\` clears it. ${twin[method]}`,
    parameters: parameterRefs('IfMatch'),
    requestBody: body(schemas.change, {
      title: named('Another title', { title: renamed.title }),
      completed: named('Done', { completed: true }),
      cleared: named('Without a description', { description: null }),
    }),
    responses: {
      200: taskAnswer('The task as it is now.', renamed),
      ...failures(...missing, ...refusedBody, 'VersionMismatch'),
    },
  });
  return {
    parameters: parameterRefs(...parameters, 'TaskId', 'RequestId'),
    get: {
      operationId: `get${noun}`,
      tags: [tag],
      summary: 'Get a task',
      parameters: parameterRefs('IfNoneMatch'),
      responses: {
        200: taskAnswer('The task.', example),
        304: { description: 'You have this version already.', headers: answerHeaders('Cache-Control', 'ETag') },
        ...failures(...missing, 'BrokenRule', 'ValidationFailed'),
      },
    },
    put: update('put'),
    patch: update('patch'),
    delete: {
      operationId: `delete${noun}`,
      tags: [tag],
      summary: 'Delete a task',
      description: 'For good. With `If-Match`, only as you have seen it.',
      parameters: parameterRefs('IfMatch'),
      responses: {
        204: { description: 'It is deleted.', headers: answerHeaders('Cache-Control') },
        ...failures(...missing, 'BrokenRule', 'VersionMismatch', 'ValidationFailed'),
      },
    },
    options: preflight(`preflight${noun}`),
  };
}

/** The done field of one task. */
export function completion({ tag, noun, parameters, failures: always }: Address) {
  return {
    parameters: parameterRefs(...parameters, 'TaskId', 'RequestId'),
    patch: {
      operationId: `complete${noun}`,
      tags: [tag],
      summary: 'Toggle a task, or set whether it is done',
      description:
        'Without a body, or with `{}`, a done task becomes open, and an open one done: each such request counts, however many come at once. With `completed`, it is set.',
      parameters: parameterRefs('IfMatch'),
      requestBody: body(
        'Completion',
        {
          toggle: named('Toggle', {}),
          done: named('Done', { completed: true }),
          open: named('Open', { completed: false }),
        },
        false,
      ),
      responses: {
        200: taskAnswer('The task as it is now.', done),
        ...failures(...always, 'NotFound', ...refusedBody, 'VersionMismatch'),
      },
    },
    options: preflight(`preflight${noun}Completion`),
  };
}
