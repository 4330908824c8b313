import { operations, schemas } from 'virtual:openapi';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { createTaskSchema, maxDescription, updateTaskSchema } from '../src/tasks/task-schema.ts';
import { call, createTask, freshUser } from './support/api.ts';

type Json = Record<string, any>;

/** The document as a client gets it. */
let document: { paths: Json; components: Json };

beforeAll(async () => {
  document = (await call('GET /openapi.json')).json;
});

test.each([...new Set(operations.map(({ path }) => path))])(
  'the operations of %s in the document are those that the router has [S1 SC-008]',
  async (path) => {
    const { headers } = await call(`OPTIONS ${path.replace(/\{\w+\}/g, '1')}`);
    const methods = operations.filter((operation) => operation.path === path).map(({ method }) => method);
    const allowed = headers.get('allow')?.split(', ') ?? [];
    expect(allowed.filter((method) => !['OPTIONS', 'HEAD'].includes(method)).sort()).toEqual(methods.sort());
  },
);

describe.each([
  { prefix: '/api/tasks', name: 'Task', max: maxDescription.token },
  { prefix: '/api/{user_id}/tasks', name: 'UserTask', max: maxDescription.user },
])('under $prefix', ({ prefix, name, max }) => {
  test.each([
    ['post', '', 201],
    ['put', '/{id}', 200],
    ['patch', '/{id}', 200],
    ['patch', '/{id}/complete', 200],
  ])(
    'every example body of %s %s is accepted, and the first gets the example response',
    async (method, path, status) => {
      const operation = document.paths[prefix + path][method];
      const { examples } = operation.requestBody.content['application/json'];
      const responses = [];
      for (const { value } of Object.values<Json>(examples)) {
        const user = freshUser();
        const { id } = await createTask(user, { description: 'Milk, eggs, bread' });
        const url = `${prefix}${path}`.replace('{user_id}', user).replace('{id}', id);
        responses.push(await call(`${method.toUpperCase()} ${url}`, { user, body: value }));
      }
      expect(new Set(responses.map((response) => response.status))).toEqual(new Set([status]));
      const { example } = operation.responses[status].content['application/json'];
      const [text, number] = [expect.any(String), expect.any(Number)];
      const varying = { id: number, user_id: text, created_at: text, updated_at: text };
      expect(responses[0]?.json).toEqual({ ...example, ...varying });
    },
  );

  const text = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 12 }),
    fc.constantFrom('', ' ', '\u0085\u2003', 'a\0', '\0', 'a\nb', 'x'.repeat(1000)),
    fc.constantFrom(200, 201, 1000, 1001).map((length) => '🥖'.repeat(length)),
  );
  const field = fc.oneof({ weight: 6, arbitrary: text }, fc.constantFrom(null, 1, true, [], {}));
  const flag = fc.oneof({ weight: 4, arbitrary: fc.boolean() }, fc.constantFrom(null, 'true', 1));
  const fields = { title: field, description: field, completed: flag, unknown: field };
  const body = fc.oneof(
    { weight: 20, arbitrary: fc.record(fields, { requiredKeys: [] }) },
    fc.constantFrom(null, [], 'x', 1),
  );

  // A JSON schema can express neither lone surrogates nor completion flags that conflict.
  test.each([
    [`Create${name}`, createTaskSchema(max)],
    [`Update${name}`, updateTaskSchema(max)],
  ] as const)('%s accepts what the API accepts, and nothing else', (component, schema) => {
    const accepts = (value: unknown) => schemas[component]?.(value);
    const property = fc.property(body, (value) => accepts(value) === schema.safeParse(value).success);
    fc.assert(property, { numRuns: 1000 });
    expect(fc.sample(body, 2000).filter(accepts).length).toBeGreaterThan(50);
  });
});
