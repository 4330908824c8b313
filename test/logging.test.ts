import { expect, test, vi } from 'vitest';
import { type Call, call, createTask, databaseUrl, freshUser, SECRET, token } from './support/api.ts';

/** The line that one request logs. */
async function lineOf(request: string, options: Call = {}) {
  const log = vi.spyOn(console, 'log');
  try {
    const answer = await call(request, options);
    expect(log).toHaveBeenCalledTimes(1);
    const text = String(log.mock.calls[0]?.[0]);
    return { answer, text, line: JSON.parse(text) };
  } finally {
    log.mockRestore();
  }
}

test('S1 NFR-004, S2 FR-010: each request logs one line of JSON: time, level, id, method, route, status, duration, user', async () => {
  const user = freshUser();
  const { id } = await createTask(user);
  const { answer, line } = await lineOf(`PATCH /api/${user}/tasks/${id}/complete`, { user });
  expect(line).toEqual({
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    level: 'info',
    request_id: answer.headers.get('x-request-id'),
    method: 'PATCH',
    route: '/api/:user_id/tasks/:id/complete',
    status: 200,
    duration_ms: expect.any(Number),
    user_id: user,
  });
});

test.each<[string, number, string, Call]>([
  ['GET /api/tasks', 401, 'not_authenticated', {}],
  ['GET /api/tasks/abc', 422, 'validation_failed', { user: 'u' }],
  ['GET /nowhere', 404, 'not_found', {}],
  ['OPTIONS /api/tasks', 204, '', {}],
])('%s logs its %i', async (request, status, code, options) => {
  const { line } = await lineOf(request, options);
  expect([line.level, line.status, line.error?.code ?? '']).toEqual(['info', status, code]);
});

test('S0 FR-011: what users type, tokens, secrets and statements are in no line, of success or failure', async () => {
  const canary = 'canary7f3a';
  const bearer = await token({ sub: freshUser(), canary });
  const body = { title: canary, description: canary };
  const broken = { DATABASE_URL: databaseUrl('broken') };
  const gone = { DATABASE_URL: `postgres://${canary}:${canary}@127.0.0.1:1/${canary}` };
  const requests: [number, string, Call][] = [
    [201, 'POST /api/tasks', { bearer, body }],
    [200, `GET /api/tasks?status=all&q=${canary}`, { bearer }],
    [422, 'POST /api/tasks', { bearer, body: { title: [canary] } }],
    [400, 'POST /api/tasks', { bearer, body: `{"${canary}` }],
    [401, 'GET /api/tasks', { bearer: `${bearer}x.${canary}` }],
    [401, 'GET /api/tasks', { bearer: await token({ canary }, `${SECRET}-other`) }],
    [500, 'POST /api/tasks', { bearer, body, env: broken }],
    [503, 'POST /api/tasks', { bearer, body, env: gone }],
  ];
  for (const [status, request, options] of requests) {
    const { answer, text } = await lineOf(request, options);
    expect(answer.status).toBe(status);
    const shown = status < 300 ? text : text + answer.text + JSON.stringify([...answer.headers]);
    for (const secret of [canary, SECRET, bearer.slice(0, 40), 'insert into', 'select ', 'node_modules']) {
      expect(shown.toLowerCase()).not.toContain(secret.toLowerCase());
    }
  }
});
