import { describe, expect, test } from 'vitest';
import { type Call, call, createTask, freshUser, routePrefixes } from './support/api.ts';

describe.each(routePrefixes)('a body sent to $prefix', ({ tasksOf }) => {
  /** Sends a request that changes nothing with every method that takes a body. @returns the responses. */
  const sendEachWay = async (request: Call, suffixes = ['PUT /:id', 'PATCH /:id', 'PATCH /:id/complete']) => {
    const user = freshUser();
    const task = await createTask(user);
    const responses = [];
    for (const write of ['POST ', ...suffixes]) {
      const path = write.replace(' ', ` ${tasksOf(user)}`).replace(':id', task.id);
      const { status, json } = await call(path, { user, ...request });
      responses.push({ status, json });
    }
    expect((await call(`GET ${tasksOf(user)}`, { user })).json).toEqual([task]);
    return responses;
  };

  /** All but the completion, which takes no title and needs no body. */
  const sendTaskEachWay = (request: Call) => sendEachWay(request, ['PUT /:id', 'PATCH /:id']);

  const create = (request: Call) => {
    const user = freshUser();
    return call(`POST ${tasksOf(user)}`, { user, ...request });
  };

  const invalidJson = (place = '') => ({
    status: 400,
    json: { detail: `The body is not valid JSON${place}`, code: 'invalid_json' },
  });

  test.each([
    ['{', ' (line 1 column 2)'],
    ['{"title":}', ''],
    ["{'title':'x'}", ' (line 1 column 2)'],
    ['{"title":"x",\n "secret" 1}', ' (line 2 column 11)'],
    ['title=x', ''],
    ['{"title":"x"}}', ' (line 1 column 14)'],
    [' ', ''],
    ['NaN', ''],
  ])('%j is not JSON, and where, as far as the runtime tells [S1 EC5]', async (body, place) => {
    for (const response of await sendEachWay({ body })) expect(response).toEqual(invalidJson(place));
  });

  test('bytes that are not UTF-8 are refused, not replaced', async () => {
    const body = new TextEncoder().encode('{"title":"?"}').map((byte) => (byte === 0x3f ? 0xff : byte));
    for (const response of await sendEachWay({ body })) expect(response).toEqual(invalidJson());
  });

  test('an empty body is refused if one is required [S2 US4.2]', async () => {
    for (const response of await sendTaskEachWay({}))
      expect(response).toEqual({ status: 400, json: { detail: 'A JSON body is required', code: 'invalid_json' } });
  });

  test.each([
    { 'Content-Type': 'text/plain' },
    { 'Content-Type': 'application/x-www-form-urlencoded' },
    { 'Content-Type': '' },
    { 'Content-Type': 'application/json; charset=utf-16' },
    { 'Content-Encoding': 'gzip' },
  ])('%j is an unsupported media type', async (headers) => {
    for (const response of await sendEachWay({ body: new TextEncoder().encode('{"title":"x"}'), headers }))
      expect(response).toMatchObject({ status: 415, json: { code: 'unsupported_media_type' } });
  });

  test.each([
    'application/json; charset=utf-8',
    'APPLICATION/JSON;charset="UTF-8"',
    'application/merge-patch+json',
    'application/json; version=1',
    'application/json;',
  ])('%s is a supported media type', async (type) => {
    const response = await create({ body: { title: 'x' }, headers: { 'Content-Type': type } });
    expect(response).toMatchObject({ status: 201, json: { title: 'x' } });
  });

  test('exactly 1 MiB is accepted, and one byte more is refused', async () => {
    const json = (bytes: number) => `{"title":"x","ignored":"${'x'.repeat(bytes - 26)}"}`;
    const tooLarge = { detail: 'The body is larger than 1 MiB', code: 'body_too_large' };
    for (const bytes of [1_048_577, 2_097_152, 5_000_000])
      for (const response of await sendEachWay({ body: json(bytes) }))
        expect(response).toEqual({ status: 413, json: tooLarge });
    expect((await create({ body: json(1_048_576) })).status).toBe(201);
  });

  const length = 'must have 1 to 200 characters';
  const unstorable = 'must not hold U+0000 or a lone surrogate';

  test.each([
    ['title', length, { title: '' }],
    ['title', length, { title: 'x'.repeat(201) }],
    ['title', length, { title: '😀'.repeat(201) }],
    ['title', 'must not be blank', { title: ' \t\n\u00a0\u2003\u3000\ufeff\u0085' }],
    ['title', 'must be a string', { title: null }],
    ['title', 'must be a string', { title: 7 }],
    ['title', 'must be a string', { title: ['x'] }],
    ['title', unstorable, { title: 'a\0b' }],
    ['title', unstorable, '{"title":"\\ud800"}'],
    ['description', 'must be a string or null', { title: 'x', description: 7 }],
    ['description', unstorable, { title: 'x', description: '\0' }],
    ['description', unstorable, '{"title":"x","description":"\\udfff"}'],
    ['completed', 'must be true or false', { title: 'x', completed: 'true' }],
    ['completed', 'must be true or false', { title: 'x', completed: null }],
    ['is_completed', 'must be true or false', { title: 'x', is_completed: 1 }],
  ])(
    '%s %s, so %j is refused [S1 US3.3, S1 US4.6, S0 US3.1, S3 US3.2, S1 FR-011, S1 US3.5, S0 EC1, S0 FR-008, S2 SC-009, S3 SC-006]',
    async (field, message, body) => {
      const json = { detail: `${field}: ${message}`, code: 'validation_failed', errors: [{ field, message }] };
      for (const response of await sendTaskEachWay({ body })) expect(response).toEqual({ status: 422, json });
    },
  );

  test('a new task needs a title [S1 US3.4, S2 US4.2]', async () => {
    const errors = [{ field: 'title', message: 'is required' }];
    expect(await create({ body: {} })).toMatchObject({ status: 422, json: { errors } });
  });

  test('the two completion names of a new task must agree [S1 US3.3]', async () => {
    const errors = [{ field: 'completed', message: 'conflicts with is_completed' }];
    const response = await create({ body: { title: 'x', completed: true, is_completed: false } });
    expect(response).toMatchObject({ status: 422, json: { errors } });
  });

  test.each(['[]', '"x"', 'null', '7', 'true', '[{"title":"x"}]'])('%s is JSON but no object', async (body) => {
    const errors = [{ field: 'body', message: 'must be a JSON object' }];
    for (const response of await sendTaskEachWay({ body }))
      expect(response).toMatchObject({ status: 422, json: { errors } });
  });

  test('every validation error is told, in one sentence and one by one [S1 FR-014]', async () => {
    const errors = [
      { field: 'title', message: length },
      { field: 'description', message: 'must be a string or null' },
      { field: 'completed', message: 'must be true or false' },
    ];
    const { json } = await create({ body: { title: '', description: 1, completed: 'no' } });
    const detail = errors.map(({ field, message }) => `${field}: ${message}`).join('; ');
    expect(json).toEqual({ detail, code: 'validation_failed', errors });
  });
});

test.each(['/nope', '/api', '/api/nope', '/api/tasks/1/complete/now', '/favicon.ico', '/health/x'])(
  'there is nothing at %s',
  async (path) => {
    const json = { detail: 'There is nothing at this path', code: 'not_found' };
    expect(await call(`GET ${path}`, { user: freshUser() })).toMatchObject({ status: 404, json });
  },
);
