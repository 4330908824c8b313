import { expect, test } from 'vitest';
import { expectError } from './support/expectations.ts';
import { callAndReadLog } from './support/log.ts';

test.each([
  [{ DATABASE_URL: '' }],
  [{ DATABASE_URL: 'mysql://root:canary-value@127.0.0.1/x' }],
  [{ BETTER_AUTH_SECRET: '' }],
  [{ BETTER_AUTH_SECRET: 'canary-value-of-31-characters-x' }],
  [{ BETTER_AUTH_SECRET: 'better-auth-secret-12345678901234567890' }],
  [{ BETTER_AUTH_SECRET: 'replace-me-with-the-secret-of-your-better-auth-server' }],
  [{ BETTER_AUTH_SECRET: 'your-super-secret-key-32-chars-min' }],
  [{ BETTER_AUTH_URL: 'canary-value' }],
  [{ CORS_ORIGINS: '*' }],
  [{ CORS_ORIGINS: 'https://a.example.com,canary-value' }],
  [{ ENVIRONMENT: 'canary-value' }],
  [{ VALIDATION_ERROR_STATUS: '418' }],
  [{ VALIDATION_ERROR_STATUS: 418 }],
  [{ ENVIRONMENT: true }],
  [{ DATABASE_URL: { value: 'canary-value' } }],
  [{ BETTER_AUTH_SECRET: ['canary-value-of-20-c', 'canary-value-of-20-c'] }],
  [{ CORS_ORIGINS: ['https://a.example.com'] }],
  [{ JWT_AUDIENCE: ['canary-value', 'canary-value'] }],
  [{ HYPERDRIVE: { connectionString: 'canary-value' } }],
  [{ HYPERDRIVE: { connectionString: '' } }],
])(
  '%j makes every response a 500, and the log names the variable, never its value [S1 FR-002, S2 FR-009]',
  async (env) => {
    const [[name = '', value = ''] = []] = Object.entries(env);
    for (const request of ['GET /health', 'GET /api/tasks', 'POST /nope', 'GET /openapi.json']) {
      const { response, line, text } = await callAndReadLog(request, { env });
      expectError(response, 'misconfigured');
      const error = { code: 'misconfigured', reason: expect.stringContaining(name) };
      expect(line).toMatchObject({ level: 'error', status: 500, error });
      expect(text).not.toContain('canary-value');
      if (typeof value === 'string' && value.length > 3) expect(text).not.toContain(value);
    }
  },
);

test('the log names all refused variables at once', async () => {
  const env = { DATABASE_URL: '', BETTER_AUTH_SECRET: '', CORS_ORIGINS: 'x' };
  const { text } = await callAndReadLog('GET /health', { env });
  for (const name of Object.keys(env)) expect(text).toContain(name);
});
