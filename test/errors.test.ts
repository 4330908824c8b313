import { describe, expect, test } from 'vitest';
import { addresses, call, createTask, databaseUrl, freshUser } from './support/api.ts';

describe.each(addresses)('a body at the $address', ({ tasksOf }) => {
  /** Creating, updating both ways and completing: each with its body. */
  const writes = async (user: string) => {
    const { id } = await createTask(user);
    const at = `${tasksOf(user)}/${id}`;
    return [`POST ${tasksOf(user)}`, `PUT ${at}`, `PATCH ${at}`, `PATCH ${at}/complete`];
  };

  const everyWrite = async (request: { body: unknown; headers?: Record<string, string> }) => {
    const user = freshUser();
    const answers = [];
    for (const write of await writes(user)) answers.push(await call(write, { user, ...request }));
    const unchanged = await call(`GET ${tasksOf(user)}`, { user });
    expect(unchanged.json).toMatchObject([{ title: 'Buy groceries', completed: false }]);
    return answers.map(({ status, json }) => ({ status, json }));
  };

  const invalidJson = { status: 400, json: { detail: 'The body is not valid JSON', code: 'invalid_json' } };

  test.each(['{', '{"title":}', "{'title':'x'}", 'title=x', '{"title":"x"}}', ' ', 'NaN'])(
    'S1 EC5: %j is not JSON, 400',
    async (body) => {
      for (const answer of await everyWrite({ body })) expect(answer).toEqual(invalidJson);
    },
  );

  test('bytes that are not UTF-8 get 400, and are not replaced', async () => {
    const body = new Uint8Array([...new TextEncoder().encode('{"title":"'), 0xff, ...new TextEncoder().encode('"}')]);
    for (const answer of await everyWrite({ body })) expect(answer).toEqual(invalidJson);
  });

  test('S2 US4.2: an empty body gets 400 where one is needed', async () => {
    const user = freshUser();
    const [create, put, patch] = await writes(user);
    for (const write of [create, put, patch]) {
      const { status, json } = await call(write ?? '', { user });
      expect([status, json]).toEqual([400, { detail: 'A JSON body is required', code: 'invalid_json' }]);
    }
  });

  test.each([
    ['a type that is not JSON', { 'Content-Type': 'text/plain' }],
    ['a form', { 'Content-Type': 'application/x-www-form-urlencoded' }],
    ['no type', { 'Content-Type': '' }],
    ['another character set', { 'Content-Type': 'application/json; charset=utf-16' }],
    ['gzip', { 'Content-Encoding': 'gzip' }],
  ])('%s gets 415', async (_, headers) => {
    for (const answer of await everyWrite({ body: new TextEncoder().encode('{"title":"x"}'), headers })) {
      expect(answer).toMatchObject({ status: 415, json: { code: 'unsupported_media_type' } });
    }
  });

  test.each([
    'application/json',
    'application/json; charset=utf-8',
    'APPLICATION/JSON;charset="UTF-8"',
    'application/merge-patch+json',
    'application/json; version=1',
    'application/json; charset=utf-8; q=1',
    'application/json;',
  ])('the type %s is JSON', async (type) => {
    const user = freshUser();
    const answer = await call(`POST ${tasksOf(user)}`, {
      user,
      body: { title: 'x' },
      headers: { 'Content-Type': type },
    });
    expect(answer.status).toBe(201);
  });

  test('more than 1 MiB gets 413, exactly 1 MiB does not', async () => {
    const json = (bytes: number) => `{"title":"x","ignored":"${'x'.repeat(bytes - 26)}"}`;
    for (const answer of await everyWrite({ body: json(1_048_577) })) {
      expect(answer).toEqual({
        status: 413,
        json: { detail: 'The body is larger than 1 MiB', code: 'body_too_large' },
      });
    }
    const user = freshUser();
    expect((await call(`POST ${tasksOf(user)}`, { user, body: json(1_048_576) })).status).toBe(201);
  });

  test.each([
    ['S1 US3.3, S1 US4.6, S0 US3.1, S3 US3.2, S1 FR-011', { title: '' }, 'title', 'must have 1 to 200 characters'],
    ['S1 US3.5, S0 EC1', { title: 'x'.repeat(201) }, 'title', 'must have 1 to 200 characters'],
    ['201 emoji', { title: '😀'.repeat(201) }, 'title', 'must have 1 to 200 characters'],
    ['white space', { title: ' \t\n\u00a0\u2003\u3000\ufeff\u0085' }, 'title', 'must not be only white space'],
    ['null', { title: null }, 'title', 'must be a string'],
    ['a number', { title: 7 }, 'title', 'must be a string'],
    ['an array', { title: ['x'] }, 'title', 'must be a string'],
    ['U+0000', { title: 'a\0b' }, 'title', 'must not hold U+0000 or a lone surrogate'],
    ['a lone surrogate', '{"title":"\\ud800"}', 'title', 'must not hold U+0000 or a lone surrogate'],
    ['a number', { title: 'x', description: 7 }, 'description', 'must be a string or null'],
    ['U+0000', { title: 'x', description: '\0' }, 'description', 'must not hold U+0000 or a lone surrogate'],
    [
      'a lone surrogate',
      '{"title":"x","description":"\\udfff"}',
      'description',
      'must not hold U+0000 or a lone surrogate',
    ],
    ['a string', { title: 'x', completed: 'true' }, 'completed', 'must be true or false'],
    ['a number', { title: 'x', is_completed: 1 }, 'is_completed', 'must be true or false'],
    ['null', { title: 'x', completed: null }, 'completed', 'must be true or false'],
    ['two values', { title: 'x', completed: true, is_completed: false }, 'completed', 'contradicts is_completed'],
  ])('S0 FR-008, S2 SC-009, S3 SC-006: %s: %j gets 422 and nothing changes', async (_, body, field, message) => {
    const user = freshUser();
    const [create, put, patch] = await writes(user);
    for (const write of [create, put, patch]) {
      const { status, json } = await call(write ?? '', { user, body });
      expect([status, json]).toEqual([
        422,
        { detail: `${field}: ${message}`, code: 'validation_failed', errors: [{ field, message }] },
      ]);
    }
    expect((await call(`GET ${tasksOf(user)}`, { user })).json).toMatchObject([{ title: 'Buy groceries' }]);
  });

  test('S1 US3.4, S2 US4.2: a missing title gets 422', async () => {
    const user = freshUser();
    const { status, json } = await call(`POST ${tasksOf(user)}`, { user, body: {} });
    expect([status, json.errors]).toEqual([422, [{ field: 'title', message: 'is required' }]]);
  });

  test.each(['[]', '"x"', 'null', '7', 'true', '[{"title":"x"}]'])('%s is JSON but no object, 422', async (body) => {
    for (const { status, json } of await everyWrite({ body })) {
      expect([status, json.errors]).toEqual([422, [{ field: 'body', message: 'must be a JSON object' }]]);
    }
  });

  test('S1 FR-014: every broken rule is told, in one sentence and one by one', async () => {
    const user = freshUser();
    const { json } = await call(`POST ${tasksOf(user)}`, {
      user,
      body: { title: '', description: 1, completed: 'no' },
    });
    expect(json.detail).toBe(
      'title: must have 1 to 200 characters; description: must be a string or null; completed: must be true or false',
    );
    expect(json.errors.map(({ field }: { field: string }) => field)).toEqual(['title', 'description', 'completed']);
  });

  test('S2 US4.1, S3 US3.2, S3 FR-008: VALIDATION_ERROR_STATUS=400 makes it 400', async () => {
    const user = freshUser();
    const env = { VALIDATION_ERROR_STATUS: '400' };
    const refused = [`POST ${tasksOf(user)}`, `PATCH ${tasksOf(user)}/abc`].map((write) =>
      call(write, { user, env, body: { title: '' } }),
    );
    for (const { status, json } of await Promise.all(refused))
      expect([status, json.code]).toEqual([400, 'validation_failed']);
    expect((await call(`GET ${tasksOf(user)}?status=x`, { user, env })).status).toBe(400);
  });
});

describe('a path', () => {
  test.each(['/nope', '/api', '/api/nope', '/api/tasks/1/complete/now', '/favicon.ico', '/health/x'])(
    'that is not there, %s, gets 404',
    async (path) => {
      const { status, json } = await call(`GET ${path}`, { user: freshUser() });
      expect([status, json]).toEqual([404, { detail: 'There is nothing at this path', code: 'not_found' }]);
    },
  );

  test.each([
    ['POST /health', 'OPTIONS, HEAD, GET'],
    ['DELETE /api/tasks', 'OPTIONS, HEAD, GET, POST'],
    ['PUT /api/user_a/tasks', 'OPTIONS, HEAD, GET, POST'],
    ['POST /api/tasks/1', 'OPTIONS, HEAD, GET, PUT, PATCH, DELETE'],
    ['GET /api/tasks/1/complete', 'OPTIONS, PATCH'],
    ['POST /api/user_a/tasks/1/complete/', 'OPTIONS, PATCH'],
  ])('that has no such method, %s, gets 405 with Allow: %s', async (request, allow) => {
    const { status, json, headers } = await call(request, { user: 'user_a' });
    expect([status, json]).toEqual([405, { detail: 'Method not allowed', code: 'method_not_allowed' }]);
    expect(headers.get('allow')).toBe(allow);
  });
});

describe('GET /health and GET /ready', () => {
  const gone = { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' };

  test('the Worker is healthy without a token and without its database', async () => {
    expect(await call('GET /health', { env: gone })).toMatchObject({ status: 200, text: '{"status":"ok"}' });
  });

  test('S0 FR-010, S1 FR-006, S3 FR-004: it is ready where the database answers', async () => {
    expect(await call('GET /ready')).toMatchObject({ status: 200, text: '{"status":"ok"}' });
  });

  test('S0 EC2, S1 EC1: it is not ready where the database does not', async () => {
    const { status, json, headers } = await call('GET /ready', { env: gone });
    expect([status, json.code, headers.get('retry-after')]).toEqual([503, 'database_unavailable', '2']);
  });
});

describe('every answer', () => {
  const requests: [string, number, object?][] = [
    ['GET /api/tasks', 200],
    ['POST /api/tasks', 201, { title: 'x' }],
    ['POST /api/tasks', 422, {}],
    ['GET /api/other/tasks', 403],
    ['GET /api/tasks/0', 404],
    ['PUT /api/tasks', 405],
    ['GET /api/nope', 404],
  ];

  test.each(requests)(
    'S0 FR-009, S0 SC-006, S2 FR-005: of %s, %i, is private, not sniffed, and has a request id',
    async (request, status, body) => {
      const answer = await call(request, { user: freshUser(), body });
      expect(answer.status).toBe(status);
      expect(answer.headers.get('cache-control')).toBe('private, no-cache');
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
      expect(answer.headers.get('content-type')).toBe('application/json');
      expect(answer.headers.has('strict-transport-security')).toBe(false);
      if (status >= 400) expect([typeof answer.json.detail, typeof answer.json.code]).toEqual(['string', 'string']);
    },
  );

  test('carries the client’s own request id where it is a sane one', async () => {
    const id = 'trace-7_A=';
    expect((await call('GET /health', { headers: { 'X-Request-Id': id } })).headers.get('x-request-id')).toBe(id);
    for (const odd of ['x'.repeat(256), 'a b', '<script>']) {
      const answer = await call('GET /health', { headers: { 'X-Request-Id': odd } });
      expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  test('in production asks for HTTPS from then on', async () => {
    const answer = await call('GET /health', { env: { ENVIRONMENT: 'production' } });
    expect(answer.headers.get('strict-transport-security')).toBe('max-age=15552000');
  });
});

describe('S0 US3.4, S1 NFR-005, S0 FR-011, S1 SC-007: an unexpected failure', () => {
  test('answers 500, a fixed sentence and nothing else', async () => {
    const env = { DATABASE_URL: databaseUrl('broken') };
    const { status, json } = await call('GET /api/tasks', { user: freshUser(), env });
    expect([status, json]).toEqual([500, { detail: 'Internal server error', code: 'internal_error' }]);
  });
});
