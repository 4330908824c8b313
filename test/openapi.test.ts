import { operations, schemas } from 'virtual:openapi';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { app } from '../src/app.ts';
import { createTaskSchema, maxDescription, updateTaskSchema } from '../src/tasks/task-schema.ts';
import { type Call, call, createTask, databaseUrl, freshUser, SECRET, token } from './support/api.ts';
import { limitedTo } from './support/worker.ts';

type Json = Record<string, any>;

/** The document as a client gets it. */
let document: { paths: Json; components: Json };

beforeAll(async () => {
  document = (await call('GET /openapi.json')).json;
});

test('the routes of the router and the operations of the document are the same [S1 SC-008]', () => {
  const routes = app.routes
    .filter(({ method, path }) => method !== 'ALL' && path !== '/' && !path.startsWith('/docs'))
    .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`);
  expect(operations.map(({ method, path }) => `${method} ${path}`).sort()).toEqual([...new Set(routes)].sort());
});

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
  const fields = { title: field, description: field, completed: flag, priority: field };
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
    expect(fc.sample(body, 1000).filter(accepts).length).toBeGreaterThan(50);
  });
});

describe('the example of the error', () => {
  const expired = { sub: 'x', exp: Math.floor(Date.now() / 1000) - 60 };
  const key = { 'Idempotency-Key': 'once' };
  const unknownKey = `${btoa('{"alg":"EdDSA","kid":"k"}').replaceAll('=', '')}.e30.AAAA`;

  test.each<[code: string, request: string, options?: Call | (() => Promise<Call>)]>([
    ['invalid_json', 'POST /api/tasks', { body: '?' }],
    ['not_authenticated', 'GET /api/tasks', { user: null }],
    ['invalid_token', 'GET /api/tasks', { user: null, bearer: 'garbage' }],
    [
      'invalid_signature',
      'GET /api/tasks',
      async () => ({ user: null, bearer: await token({ sub: 'x' }, `${SECRET}x`) }),
    ],
    ['token_expired', 'GET /api/tasks', async () => ({ user: null, bearer: await token(expired) })],
    ['forbidden', 'GET /api/somebody-else/tasks'],
    ['not_found', 'GET /api/tasks/0'],
    ['method_not_allowed', 'PUT /api/tasks', { body: {} }],
    ['version_mismatch', 'DELETE /api/tasks/:id', { headers: { 'If-Match': '"7"' } }],
    ['body_too_large', 'POST /api/tasks', { body: ' '.repeat(1_048_577) }],
    ['unsupported_media_type', 'POST /api/tasks', { body: 'x', headers: { 'Content-Type': 'text/plain' } }],
    ['validation_failed', 'POST /api/tasks', { body: {} }],
    ['idempotency_key_reused', 'POST /api/tasks', { body: { title: 'another' }, headers: key }],
    ['rate_limited', 'POST /api/tasks', { body: { title: 'x' }, env: limitedTo(0) }],
    ['internal_error', 'GET /api/tasks', { env: { DATABASE_URL: databaseUrl('broken') } }],
    ['misconfigured', 'GET /api/tasks', { env: { BETTER_AUTH_SECRET: 'short' } }],
    ['database_unavailable', 'GET /api/tasks', { env: { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' } }],
    [
      'issuer_unavailable',
      'GET /api/tasks',
      { user: null, bearer: unknownKey, env: { BETTER_AUTH_URL: 'http://127.0.0.1:1' } },
    ],
  ])('%s is the body of %s', async (code, request, options) => {
    const user = freshUser();
    const { id } = await createTask(user);
    await call('POST /api/tasks', { user, body: { title: 'x' }, headers: key });
    const sent = typeof options === 'function' ? await options() : options;
    const { json } = await call(request.replace(':id', id), { user, ...sent });
    const examples = Object.values<Json>(document.components.responses)
      .flatMap(({ content }) => content['application/json'].examples[code] ?? [])
      .map(({ value }) => value);
    expect(new Set(examples.map((example) => JSON.stringify(example)))).toEqual(new Set([JSON.stringify(json)]));
  });
});
