import { expect, test } from 'vitest';
import { type Call, createTask, databaseUrl, freshUser, SECRET, token } from './support/api.ts';
import { unreachableDatabase } from './support/faulty-database.ts';
import { callAndReadLog } from './support/log.ts';

test('each request logs one line of JSON [S1 NFR-004, S2 FR-010]', async () => {
  const user = freshUser();
  const { id } = await createTask(user);
  const { response, line } = await callAndReadLog(`PATCH /api/${user}/tasks/${id}/complete`, { user });
  expect(line).toEqual({
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    level: 'info',
    request_id: response.headers.get('x-request-id'),
    method: 'PATCH',
    route: '/api/:user_id/tasks/:id/complete',
    status: 200,
    duration_ms: expect.any(Number),
    user_id: user,
  });
});

test('a line break in a user’s id does not break the line [S1 NFR-004]', async () => {
  const user = freshUser('\u2028a\u2029');
  const { text, line } = await callAndReadLog('GET /api/tasks/abc', { user });
  expect([line.user_id, /\p{Zl}|\p{Zp}/u.test(text)]).toEqual([user, false]);
});

const user = freshUser();
const unreachable = { code: 'database_unavailable', reason: 'connection refused or host not found' };

test.each<[status: number, request: string, error: object | undefined, options: Call]>([
  [204, 'OPTIONS /api/tasks', undefined, {}],
  [401, 'GET /api/tasks', { code: 'not_authenticated' }, {}],
  [401, 'GET /api/tasks', { code: 'invalid_token', reason: 'the token is malformed' }, { bearer: 'a' }],
  [404, 'GET /nowhere', { code: 'not_found' }, {}],
  [422, 'GET /api/tasks/abc', { code: 'validation_failed' }, { user }],
  [503, 'GET /api/tasks', unreachable, { user, env: unreachableDatabase }],
])('the line of a %i, %s, tells the error %j', async (status, request, error, options) => {
  const { line } = await callAndReadLog(request, options);
  expect({ status: line.status, level: line.level, error: line.error }).toEqual({
    status,
    level: status < 500 ? 'info' : 'error',
    error,
  });
});

test('no line and no error shows content, tokens or the database [S0 FR-011]', async () => {
  const canary = 'canary7f3a';
  const bearer = await token({ sub: freshUser(), canary });
  const body = { title: canary, description: canary };
  const DATABASE_URL = `postgres://${canary}:${canary}@127.0.0.1:1/${canary}`;
  const requests: [status: number, request: string, options: Call][] = [
    [201, 'POST /api/tasks', { bearer, body }],
    [200, `GET /api/tasks?status=all&q=${canary}`, { bearer }],
    [422, 'POST /api/tasks', { bearer, body: { title: [canary] } }],
    [400, 'POST /api/tasks', { bearer, body: `{"${canary}` }],
    [401, 'GET /api/tasks', { bearer: `${bearer}x.${canary}` }],
    [401, 'GET /api/tasks', { bearer: await token({ canary }, `${SECRET}-other`) }],
    [500, 'POST /api/tasks', { bearer, body, env: { DATABASE_URL: databaseUrl('broken') } }],
    [503, 'POST /api/tasks', { bearer, body, env: { DATABASE_URL } }],
  ];
  for (const [status, request, options] of requests) {
    const { response, text } = await callAndReadLog(request, options);
    expect(response.status).toBe(status);
    const shown = status < 300 ? text : text + response.text + JSON.stringify([...response.headers]);
    for (const secret of [canary, bearer.slice(0, 40)]) expect(shown).not.toContain(secret);
  }
});
