import { listSchema } from '../src/tasks/list-schema.ts';
import { taskParamsSchema } from '../src/tasks/task-schema.ts';
import { describeEach, type JsonSchema, jsonSchema, userIdSchema } from './schemas.ts';

type Parameter = {
  name: string;
  in: 'query' | 'path' | 'header';
  required?: true;
  description: string;
  schema: JsonSchema;
  example?: unknown;
};

const fieldsOf = (schema: Parameters<typeof jsonSchema>[0]) =>
  jsonSchema(schema, 'input').properties as Record<string, JsonSchema>;

/** A filter may be repeated: then its values must agree. On the wire each is text, which a schema of OpenAPI leaves out. */
const query = describeEach(
  Object.fromEntries(
    Object.entries(fieldsOf(listSchema())).map(([name, { items }]) => [name, (items ?? {}) as JsonSchema]),
  ),
  {
    completed: {
      description: 'Only the tasks that are done, or only those that are not.',
      type: 'boolean',
      enum: undefined,
    },
    is_completed: { description: 'Another name of `completed`.', type: 'boolean', enum: undefined },
    status: {
      description: 'The same in words; `active` and `incomplete` mean `pending`. Upper and lower case are one.',
    },
    limit: {
      description:
        'A page of at most so many tasks; more than 1000 is taken as 1000. Where there is more, `Link` has the address of the next page. Without it, the list holds all tasks.',
      type: 'integer',
      minimum: 1,
    },
    cursor: {
      description: 'Where the page begins: from the `Link` of the page before, and nowhere else.',
      type: 'string',
    },
  },
);

const { id } = describeEach(fieldsOf(taskParamsSchema()), {
  id: { description: 'The number of the task.', type: 'integer', pattern: undefined },
});

const inQuery = (name: string): Parameter => {
  const { description = '', ...schema } = query[name] ?? {};
  return { name, in: 'query', description, schema };
};

const inHeader = (name: string, description: string, schema: JsonSchema): Parameter => ({
  name,
  in: 'header',
  description,
  schema: { type: 'string', ...schema },
});

/** Every parameter that a request may have, by its name in the document. */
export const parameters = {
  UserId: {
    name: 'user_id',
    in: 'path',
    required: true,
    description: 'The token’s user: any other is answered with 403.',
    schema: userIdSchema,
    example: 'user_abc123',
  },
  TaskId: {
    name: 'id',
    in: 'path',
    required: true,
    description: id?.description ?? '',
    schema: { type: 'integer' },
    example: 1,
  },
  Completed: inQuery('completed'),
  IsCompleted: inQuery('is_completed'),
  Status: inQuery('status'),
  Limit: inQuery('limit'),
  Cursor: inQuery('cursor'),
  RequestId: inHeader(
    'X-Request-Id',
    'An id for this request, for the log and the answer. Another than these gets a new one.',
    {
      pattern: '^[\\w=-]{1,255}$',
    },
  ),
  IfMatch: inHeader(
    'If-Match',
    'Only if the task still has this version (its `ETag`), or one of several; else 412, and nothing is changed. Without it, the last write wins.',
    { examples: ['"1"', '"1", "2"', '*'] },
  ),
  IfNoneMatch: inHeader('If-None-Match', 'The version that you have (its `ETag`): 304 if it is still the newest.', {
    examples: ['"1"'],
  }),
  IdempotencyKey: inHeader(
    'Idempotency-Key',
    'A word of your choice for this very creation. Sent again with the same body, it creates nothing, and answers as it did the first time: so a request whose answer was lost can be sent again.',
    { pattern: '^[\\x21-\\x7e]{1,255}$', examples: ['9b2f6c1e-3d52-4c0b-8a55-1f7c110b8e2d'] },
  ),
} satisfies Record<string, Parameter>;

/** @returns references to these parameters. */
export function parameterRefs(...names: (keyof typeof parameters)[]): { $ref: string }[] {
  return names.map((name) => ({ $ref: `#/components/parameters/${name}` }));
}
