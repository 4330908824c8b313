import { expect, test } from 'vitest';
import { bindings, call, createTask, databaseUrl, freshUser, overNeon } from './support/api.ts';
import { unreachableDatabase } from './support/faulty-database.ts';
import { callAndReadLog } from './support/log.ts';

test.each([
  [{ DATABASE_URL: '' }],
  [{ DATABASE_URL: 'mysql://root:canary-value@127.0.0.1/x' }],
  [{ BETTER_AUTH_SECRET: '' }],
  [{ BETTER_AUTH_SECRET: 'canary-value-of-31-characters-x' }],
  [{ BETTER_AUTH_SECRET: 'abcabcabcabcabcabcabcabcabcabcabcabc' }],
  [{ BETTER_AUTH_SECRET: 'better-auth-secret-12345678901234567890' }],
  [{ BETTER_AUTH_SECRET: 'replace-me-with-the-secret-of-your-better-auth-server' }],
  [{ BETTER_AUTH_SECRET: 'your-super-secret-key-32-chars-min' }],
  [{ BETTER_AUTH_URL: 'canary-value' }],
  [{ CORS_ORIGINS: '*' }],
  [{ CORS_ORIGINS: 'https://a.example.com,canary-value' }],
  [{ ENVIRONMENT: 'canary-value' }],
  [{ VALIDATION_ERROR_STATUS: '418' }],
])(
  '%j makes every response a 500, and the log names the variable, never its value [S1 FR-002, S2 FR-009]',
  async (env) => {
    const [[name = '', value = ''] = []] = Object.entries(env);
    for (const request of ['GET /health', 'GET /api/tasks', 'POST /nope']) {
      const { response, line, text } = await callAndReadLog(request, { env });
      const { status, json } = response;
      const detail = 'The server is not configured correctly';
      expect({ status, json }).toEqual({ status: 500, json: { detail, code: 'misconfigured' } });
      const error = { code: 'misconfigured', reason: expect.stringContaining(name) };
      expect(line).toMatchObject({ level: 'error', status: 500, error });
      expect(text).not.toContain('canary-value');
      if (value.length > 3) expect(text).not.toContain(value);
    }
  },
);

test('the log names all refused variables at once', async () => {
  const env = { DATABASE_URL: '', BETTER_AUTH_SECRET: '', CORS_ORIGINS: 'x' };
  const { text } = await callAndReadLog('GET /health', { env });
  for (const name of Object.keys(env)) expect(text).toContain(name);
});

test.skipIf(overNeon)('a bound Hyperdrive is used, whatever DATABASE_URL is [S1 NFR-003, S2 FR-011]', async () => {
  const user = freshUser();
  const task = await createTask(user);
  for (const DATABASE_URL of ['', unreachableDatabase.DATABASE_URL]) {
    const env = { DATABASE_URL, HYPERDRIVE: { connectionString: 'bound' } };
    expect(await call('GET /api/tasks', { user, env })).toMatchObject({ status: 200, json: [task] });
  }
});

test('DATABASE_URL does not stand in for a Hyperdrive that is down [S1 NFR-003, S2 FR-011]', async () => {
  const env = { ...bindings, HYPERDRIVE: { connectionString: unreachableDatabase.DATABASE_URL } };
  expect((await call('GET /api/tasks', { user: freshUser(), env })).status).toBe(503);
});

test('a Worker finds what another one has written [S2 US3.1, S2 US3.2, S2 US3.3, S2 FR-006]', async () => {
  const user = freshUser();
  const [kept, deleted] = [await createTask(user), await createTask(user)];
  await call(`PATCH /api/tasks/${kept.id}`, { user, body: { title: 'changed' } });
  await call(`DELETE /api/tasks/${deleted.id}`, { user });
  const env = { DATABASE_URL: `${databaseUrl('taskflow')}?application_name=another` };
  expect((await call('GET /api/tasks', { user, env })).json).toMatchObject([{ id: kept.id, title: 'changed' }]);
});
