import { describe, expect, test } from 'vitest';
import {
  type ApiResponse,
  type Call,
  call,
  createTask,
  databaseUrl,
  FRONTEND,
  freshUser,
  overNeon,
  routePrefixes,
  SECRET,
  token,
} from './support/api.ts';
import { recordStatements } from './support/database.ts';
import { unreachableDatabase } from './support/faulty-database.ts';
import { limitedTo } from './support/worker.ts';

/** Names a key of an issuer that cannot be reached. */
const bearer = `${btoa('{"alg":"EdDSA","kid":"k"}').replaceAll('=', '')}.e30.AAAA`;
const noIssuer = { user: null, bearer, env: { BETTER_AUTH_URL: 'http://127.0.0.1:1' } };
const badSecret = { env: { BETTER_AUTH_SECRET: 'short' } };
const form = { body: 'title=x', headers: { 'Content-Type': 'application/x-www-form-urlencoded' } };
const stale = { headers: { 'If-Match': '"7"' } };
const forged = { user: null, bearer: await token({ sub: 'x' }, `${SECRET}x`) };
const expired = { user: null, bearer: await token({ sub: 'x', exp: Math.floor(Date.now() / 1000) - 60 }) };
/** With the key of a task that has been created. */
const reused = { headers: { 'Idempotency-Key': 'used' }, body: { title: 'another' } };
const limited = { body: { title: 'x' }, env: limitedTo(0) };
const mediaType = 'The body must be sent as application/json, in UTF-8 and without Content-Encoding';

/** `TASKS` is the path of the user's tasks, `:id` one of them. */
const successes: [status: number, request: string, options?: Call][] = [
  [200, 'GET TASKS'],
  [200, 'GET TASKS?completed=false&status=pending'],
  [200, 'GET TASKS?limit=1'],
  [200, 'GET TASKS/:id'],
  [200, 'PUT TASKS/:id', { body: { title: 'y' } }],
  [200, 'PATCH TASKS/:id', { body: { completed: true }, headers: { 'If-Match': '"1"' } }],
  [200, 'PATCH TASKS/:id/complete'],
  [200, 'PATCH TASKS/:id/complete', { body: { completed: true } }],
  [201, 'POST TASKS', { body: { title: 'x' } }],
  [201, 'POST TASKS', { body: { title: 'x' }, headers: { 'Idempotency-Key': 'new' } }],
  [204, 'DELETE TASKS/:id'],
  [304, 'GET TASKS/:id', { headers: { 'If-None-Match': '*' } }],
];

/** Every code, with its status and its sentence. Most are found without the database. */
const errors: [status: number, code: string, detail: string, request: string, options?: Call][] = [
  [400, 'invalid_json', 'The body is not valid JSON', 'POST TASKS', { body: '?' }],
  [401, 'not_authenticated', 'Not authenticated', 'GET TASKS', { user: null }],
  [401, 'invalid_token', 'Invalid token', 'GET TASKS', { user: null, bearer: 'garbage' }],
  [401, 'invalid_signature', 'Invalid token signature', 'GET TASKS', forged],
  [401, 'token_expired', 'Token expired', 'GET TASKS', expired],
  [403, 'forbidden', 'Not allowed: this belongs to another user', 'GET /api/another-user/tasks'],
  [404, 'not_found', 'Task not found', 'GET TASKS/0'],
  [404, 'not_found', 'There is nothing at this path', 'GET /api/nowhere'],
  [405, 'method_not_allowed', 'Method not allowed', 'PUT TASKS', { body: {} }],
  [412, 'version_mismatch', 'The task has changed since: If-Match names another version', 'DELETE TASKS/:id', stale],
  [413, 'body_too_large', 'The body is larger than 1 MiB', 'POST TASKS', { body: ' '.repeat(1_048_577) }],
  [415, 'unsupported_media_type', mediaType, 'POST TASKS', form],
  [422, 'validation_failed', 'title: is required', 'POST TASKS', { body: {} }],
  [422, 'validation_failed', 'id: must be an integer', 'GET TASKS/abc'],
  [422, 'validation_failed', 'limit: must be an integer of 1 or more', 'GET TASKS?limit=0'],
  [422, 'idempotency_key_reused', 'This Idempotency-Key was sent before, with another body', 'POST TASKS', reused],
  [429, 'rate_limited', 'Too many changes in a short time', 'POST TASKS', limited],
  [500, 'internal_error', 'Internal server error', 'GET TASKS', { env: { DATABASE_URL: databaseUrl('broken') } }],
  [500, 'misconfigured', 'The server is not configured correctly', 'GET TASKS', badSecret],
  [503, 'database_unavailable', 'The database is unavailable', 'GET TASKS', { env: unreachableDatabase }],
  [503, 'issuer_unavailable', 'The token issuer is unavailable', 'GET TASKS', noIssuer],
];

/** The codes that need a statement. */
const ofDatabase = ['not_found', 'version_mismatch', 'idempotency_key_reused', 'internal_error'];

function bodyOf(code: string, detail: string) {
  const [field, message] = detail.split(': ');
  return code === 'validation_failed' ? { detail, code, errors: [{ field, message }] } : { detail, code };
}

/** @returns the bodies of errors that the OpenAPI document has as examples. */
async function documentedErrors(): Promise<{ code: string }[]> {
  const { components } = (await call('GET /openapi.json')).json;
  return Object.values<any>(components.responses)
    .flatMap(({ content }) => Object.values<any>(content['application/json'].examples))
    .map(({ value }) => value);
}

function expectCommonHeaders({ status, headers }: ApiResponse): void {
  expect(Object.fromEntries(headers)).toMatchObject({
    'access-control-allow-origin': FRONTEND,
    'access-control-allow-credentials': 'true',
    'access-control-expose-headers': 'ETag,Link,Location,Retry-After,X-Request-Id,Idempotency-Replayed',
    'cache-control': 'private, no-cache',
    'x-content-type-options': 'nosniff',
    'x-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
    vary: expect.stringContaining('Origin'),
  });
  const special = ['www-authenticate', 'allow', 'retry-after', 'strict-transport-security'];
  const expected =
    { 401: ['www-authenticate'], 405: ['allow'], 429: ['retry-after'], 503: ['retry-after'] }[status] ?? [];
  expect(special.filter((name) => headers.has(name))).toEqual(expected);
}

describe.each(routePrefixes)('$prefix', ({ tasksOf }) => {
  const send = async (request: string, options: Call = {}) => {
    const user = freshUser();
    const { id } = await createTask(user);
    await call('POST /api/tasks', { user, body: { title: 'x' }, headers: reused.headers });
    const path = request.replace('TASKS', tasksOf(user)).replace(':id', id);
    const statements = recordStatements();
    const response = await call(path, { user, ...options, headers: { Origin: FRONTEND, ...options.headers } });
    return { ...response, statements };
  };

  test.each(successes)(
    '%i %s takes one statement, with the headers of all responses [S0 FR-009, S1 FR-013, S2 FR-005]',
    async (status, request, options) => {
      const response = await send(request, options);
      expect(response.status).toBe(status);
      expect(response.statements).toHaveLength(overNeon ? 1 : 0);
      expectCommonHeaders(response);
      if (status === 204 || status === 304) expect(response.text).toBe('');
      else expect(response.headers.get('content-type')).toBe('application/json');
    },
  );

  test.each(errors)(
    '%i %s is "%s" in the one shape of errors [S0 FR-009, S0 FR-011, S0 SC-005, S0 SC-006, S0 US3.4, S1 FR-013, S1 FR-014, S1 FR-015, S1 NFR-005, S1 SC-007, S2 FR-005, S2 SC-007, S3 FR-008]',
    async (status, code, detail, request, options) => {
      const response = await send(request, options);
      expect(response.status).toBe(status);
      expectCommonHeaders(response);
      expect(response.headers.get('content-type')).toBe('application/json');
      expect(response.json).toEqual(bodyOf(code, detail));
      if (!ofDatabase.includes(code)) expect(response.statements).toEqual([]);
    },
  );
});

test('the errors of the document are those that are tested here', async () => {
  const [documented, tested] = [await documentedErrors(), errors.map(([, code, detail]) => bodyOf(code, detail))];
  for (const example of documented) expect(tested).toContainEqual(example);
  expect(new Set(documented.map(({ code }) => code))).toEqual(new Set(tested.map(({ code }) => code)));
});

test("the client's own request id is used where it is a sane one", async () => {
  const requestId = async (id: string) =>
    (await call('GET /health', { headers: { 'X-Request-Id': id } })).headers.get('x-request-id');
  expect(await requestId('trace-7_A=')).toBe('trace-7_A=');
  for (const id of ['x'.repeat(256), 'a b', '<script>']) expect(await requestId(id)).toMatch(/^[0-9a-f-]{36}$/);
});

test('a response in production asks for HTTPS from then on', async () => {
  const { headers } = await call('GET /health', { env: { ENVIRONMENT: 'production' } });
  expect(headers.get('strict-transport-security')).toBe('max-age=15552000');
});
