import { paths, validators } from 'virtual:openapi';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import worker from '../dist/worker/index.js';
import { change, creation } from '../src/tasks/task-schema.ts';
import { addresses, type Call, call, createTask, databaseUrl, freshUser, SECRET, token } from './support/api.ts';
import { pages } from './support/openapi.ts';

type Operation = {
  requestBody?: { content: Record<string, { examples: Record<string, { value: object }> }> };
  responses: any;
};

/** The document as a client gets it. */
let document: { paths: Record<string, Record<string, Operation>>; components: Record<string, any> };

beforeAll(async () => {
  document = (await call('GET /openapi.json')).json;
});

test('S1 SC-008: the router’s routes and the document’s paths are the same, in both directions', () => {
  const routed = worker.routes
    .filter(({ method, path }) => method !== 'ALL' && !pages.includes(path))
    .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`);
  const documented = paths.flatMap(({ template, methods }) =>
    Object.keys(methods).map((name) => `${name} ${template}`),
  );
  const withoutPreflights = documented.filter((operation) => !operation.startsWith('OPTIONS '));
  expect(withoutPreflights.sort()).toEqual([...new Set(routed)].sort());
  expect(documented.length - withoutPreflights.length).toBe(paths.length);
});

describe.each(addresses)('the examples of requests at the $address', ({ address, tasksOf }) => {
  const base = address === 'token address' ? '/api/tasks' : '/api/{user_id}/tasks';

  test.each([
    ['POST', '', 201, ['usual', 'short', 'done']],
    ['PUT', '/{id}', 200, ['title', 'completed', 'cleared']],
    ['PATCH', '/{id}', 200, ['title', 'completed', 'cleared']],
    ['PATCH', '/{id}/complete', 200, ['toggle', 'done', 'open']],
  ])('%s …%s: each is answered with %i, and the first as the document shows', async (method, path, status, names) => {
    const operation = document.paths[base + path]?.[method.toLowerCase()];
    const examples = operation?.requestBody?.content['application/json']?.examples ?? {};
    expect(Object.keys(examples)).toEqual(names);
    const answers = [];
    for (const { value } of Object.values(examples)) {
      const user = freshUser();
      const { id } = await createTask(user, { description: 'Milk, eggs, bread' });
      answers.push(await call(`${method} ${tasksOf(user)}${path.replace('{id}', id)}`, { user, body: value }));
    }
    expect(answers.map((answer) => answer.status)).toEqual(names.map(() => status));
    const { id, user_id, created_at, updated_at, ...shown } =
      operation?.responses[status].content['application/json'].example ?? {};
    expect(shown).toMatchObject({ title: expect.any(String) });
    expect(answers[0]?.json).toMatchObject(shown);
  });
});

describe('the examples of failures', () => {
  const expired = { exp: Math.floor(Date.now() / 1000) - 60 };
  const key = { 'Idempotency-Key': 'once' };
  const keyToken = `${btoa('{"alg":"EdDSA","kid":"k"}').replaceAll('=', '')}.e30.AAAA`;

  test.each<[code: string, request: string, options?: Call | (() => Promise<Call>)]>([
    ['invalid_json', 'POST /api/tasks', { body: '{' }],
    ['not_authenticated', 'GET /api/tasks', { user: null }],
    ['invalid_token', 'GET /api/tasks', { user: null, bearer: 'garbage' }],
    [
      'invalid_signature',
      'GET /api/tasks',
      async () => ({ user: null, bearer: await token({ sub: 'x' }, `${SECRET}x`) }),
    ],
    ['token_expired', 'GET /api/tasks', async () => ({ user: null, bearer: await token({ sub: 'x', ...expired }) })],
    ['forbidden', 'GET /api/somebody-else/tasks'],
    ['not_found', 'GET /api/tasks/0'],
    ['method_not_allowed', 'PUT /api/tasks', { body: {} }],
    ['version_mismatch', 'DELETE /api/tasks/:id', { headers: { 'If-Match': '"7"' } }],
    ['body_too_large', 'POST /api/tasks', { body: ' '.repeat(1_048_577) }],
    ['unsupported_media_type', 'POST /api/tasks', { body: 'x', headers: { 'Content-Type': 'text/plain' } }],
    ['validation_failed', 'POST /api/tasks', { body: { title: '' } }],
    ['idempotency_key_reused', 'POST /api/tasks', { body: { title: 'another' }, headers: key }],
    ['internal_error', 'GET /api/tasks', { env: { DATABASE_URL: databaseUrl('broken') } }],
    ['misconfigured', 'GET /api/tasks', { env: { BETTER_AUTH_SECRET: 'short' } }],
    ['database_unavailable', 'GET /api/tasks', { env: { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' } }],
    [
      'issuer_unavailable',
      'GET /api/tasks',
      { user: null, bearer: keyToken, env: { BETTER_AUTH_URL: 'http://127.0.0.1:1' } },
    ],
  ])('%s: is what the API says to %s', async (code, request, options) => {
    const user = freshUser();
    const { id } = await createTask(user);
    await call('POST /api/tasks', { user, body: { title: 'x' }, headers: key });
    const sent = typeof options === 'function' ? await options() : options;
    const answer = await call(request.replace(':id', id), { user, ...sent });
    const shown = Object.values(document.components.responses as Record<string, any>)
      .map(({ content }) => content['application/json'].examples[code]?.value)
      .filter((example) => example !== undefined);
    expect(shown).not.toEqual([]);
    for (const example of shown) expect(example).toEqual(answer.json);
  });
});

describe.each(addresses)('the rules of bodies at the $address', ({ address }) => {
  const [max, prefix] = address === 'token address' ? [1000, ''] : [Number.POSITIVE_INFINITY, 'User'];
  const bodies = [
    [`New${prefix}Task`, creation(max)],
    [prefix ? 'UserTaskChange' : 'TaskChange', change(max)],
  ] as const;

  const text = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 12 }),
    fc.constantFrom(
      '',
      ' ',
      '\u0085\u2003',
      'a\0',
      '\0',
      '🥖'.repeat(200),
      '🥖'.repeat(201),
      'x'.repeat(1000),
      '🥖'.repeat(1001),
    ),
  );
  const field = fc.oneof({ weight: 6, arbitrary: text }, fc.constantFrom(null, 1, true, [], {}));
  const flag = fc.oneof({ weight: 4, arbitrary: fc.boolean() }, fc.constantFrom(null, 'true', 1));
  const body = fc.record({ title: field, description: field, completed: flag, priority: field }, { requiredKeys: [] });

  // What a schema cannot say is left out: lone surrogates, and two names that contradict each other.
  test.each(bodies)('the document’s %s takes and refuses what the API does', (name, schema) => {
    let taken = 0;
    fc.assert(
      fc.property(fc.oneof({ weight: 20, arbitrary: body }, fc.constantFrom(null, [], 'x', 1)), (value) => {
        const accepts = validators[`#/components/schemas/${name}`]?.(value);
        if (accepts) taken++;
        expect(accepts).toBe(schema.safeParse(value).success);
      }),
      { numRuns: 2000 },
    );
    expect(taken).toBeGreaterThan(100);
  });
});
