import { describe, expect, test } from 'vitest';
import { addresses, type Call, call, createTask, databaseUrl, FRONTEND, freshUser } from './support/api.ts';

const gone = { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' };
const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
const stale = { 'If-Match': '"7"' };

/** Asks for a key of an issuer that cannot be reached. */
const publicKeyToken = `${btoa('{"alg":"EdDSA","kid":"k"}').replaceAll('=', '')}.e30.AAAA`;

/** Every status, and every word of `code` that goes with several; `…` is the address, `:id` the user's task. */
const answers: [status: number, code: string, request: string, options?: Call][] = [
  [200, '', 'GET …'],
  [200, '', 'GET …/:id'],
  [200, '', 'PATCH …/:id/complete'],
  [201, '', 'POST …', { body: { title: 'x' } }],
  [204, '', 'DELETE …/:id'],
  [304, '', 'GET …/:id', { headers: { 'If-None-Match': '*' } }],
  [400, 'invalid_json', 'POST …', { body: '{' }],
  [401, 'not_authenticated', 'GET …', { user: null }],
  [401, 'invalid_token', 'GET …', { user: null, bearer: 'garbage' }],
  [403, 'forbidden', 'GET /api/somebody-else/tasks'],
  [404, 'not_found', 'GET …/0'],
  [404, 'not_found', 'GET /api/nowhere'],
  [405, 'method_not_allowed', 'PUT …', { body: {} }],
  [412, 'version_mismatch', 'DELETE …/:id', { headers: stale }],
  [413, 'body_too_large', 'POST …', { body: ' '.repeat(1_048_577) }],
  [415, 'unsupported_media_type', 'POST …', { body: 'title=x', headers: form }],
  [422, 'validation_failed', 'POST …', { body: { title: '' } }],
  [422, 'validation_failed', 'GET …/abc'],
  [422, 'validation_failed', 'GET …?limit=0'],
  [500, 'internal_error', 'GET …', { env: { DATABASE_URL: databaseUrl('broken') } }],
  [500, 'misconfigured', 'GET …', { env: { BETTER_AUTH_SECRET: 'short' } }],
  [503, 'database_unavailable', 'GET …', { env: gone }],
  [
    503,
    'issuer_unavailable',
    'GET …',
    { user: null, bearer: publicKeyToken, env: { BETTER_AUTH_URL: 'http://127.0.0.1:1' } },
  ],
];

describe.each(addresses)('at the $address', ({ tasksOf }) => {
  test.each(answers)(
    'S0 FR-009, S0 SC-005, S1 FR-013, S1 FR-014, S2 FR-005, S2 SC-007, S3 FR-008: %i %s, of %s, has the one shape and the headers of all',
    async (status, code, request, options) => {
      const user = freshUser();
      const { id } = await createTask(user);
      const headers = { Origin: FRONTEND, ...options?.headers };
      const path = request.replace('…', tasksOf(user)).replace(':id', id);
      const answer = await call(path, { user, ...options, headers });

      expect(answer.status).toBe(status);
      expect(Object.fromEntries(answer.headers)).toMatchObject({
        'access-control-allow-origin': FRONTEND,
        'access-control-allow-credentials': 'true',
        'cache-control': 'private, no-cache',
        'x-content-type-options': 'nosniff',
        'x-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
        vary: expect.stringContaining('Origin'),
      });
      const special = ['www-authenticate', 'allow', 'retry-after'].filter((name) => answer.headers.has(name));
      expect(special).toEqual({ 401: ['www-authenticate'], 405: ['allow'], 503: ['retry-after'] }[status] ?? []);
      if (status === 204 || status === 304) expect(answer.text).toBe('');
      else expect(answer.headers.get('content-type')).toBe('application/json');
      if (status < 400) return;
      const errors = [{ field: expect.any(String), message: expect.any(String) }];
      expect(answer.json).toEqual({
        detail: expect.stringMatching(/\w/),
        code,
        ...(code === 'validation_failed' && { errors }),
      });
    },
  );
});
