import { describe, expect, test, vi } from 'vitest';
import { bindings, call, createTask, databaseUrl, freshUser, overNeon } from './support/api.ts';

/** Calls with changed variables, and listens to what the log says. */
async function misconfigured(env: Record<string, unknown>) {
  const log = vi.spyOn(console, 'log');
  try {
    const answers = await Promise.all(
      ['GET /health', 'GET /api/tasks', 'POST /nope'].map((path) => call(path, { env })),
    );
    return { answers, lines: log.mock.calls.map(([line]) => String(line)) };
  } finally {
    log.mockRestore();
  }
}

describe('S1 FR-002, S2 FR-009: a missing or refused variable', () => {
  test.each([
    [{ DATABASE_URL: '' }, 'DATABASE_URL'],
    [{ DATABASE_URL: 'mysql://root:canary-value@127.0.0.1/x' }, 'DATABASE_URL'],
    [{ BETTER_AUTH_SECRET: '' }, 'BETTER_AUTH_SECRET'],
    [{ BETTER_AUTH_SECRET: 'canary-value-of-31-characters-x' }, 'BETTER_AUTH_SECRET'],
    [{ BETTER_AUTH_SECRET: 'a'.repeat(64) }, 'BETTER_AUTH_SECRET'],
    [{ BETTER_AUTH_SECRET: 'abcabcabcabcabcabcabcabcabcabcabcabc' }, 'BETTER_AUTH_SECRET'],
    [{ BETTER_AUTH_SECRET: 'better-auth-secret-12345678901234567890' }, 'BETTER_AUTH_SECRET'],
    [{ BETTER_AUTH_SECRET: 'replace-me-with-the-secret-of-your-better-auth-server' }, 'BETTER_AUTH_SECRET'],
    [{ BETTER_AUTH_SECRET: 'your-super-secret-key-32-chars-min' }, 'BETTER_AUTH_SECRET'],
    [{ BETTER_AUTH_URL: 'canary-value' }, 'BETTER_AUTH_URL'],
    [{ CORS_ORIGINS: '*' }, 'CORS_ORIGINS'],
    [{ CORS_ORIGINS: 'https://a.example.com,canary-value' }, 'CORS_ORIGINS'],
    [{ ENVIRONMENT: 'canary-value' }, 'ENVIRONMENT'],
    [{ VALIDATION_ERROR_STATUS: '418' }, 'VALIDATION_ERROR_STATUS'],
  ])('%j makes every request a 500, and the log names it, never its value', async (env, name) => {
    const { answers, lines } = await misconfigured(env);
    const [value = ''] = Object.values(env);
    for (const { status, json, text } of answers) {
      expect([status, json]).toEqual([
        500,
        { detail: 'The server is not configured correctly', code: 'misconfigured' },
      ]);
      expect(text).not.toContain(name);
    }
    expect(lines).toHaveLength(3);
    for (const line of lines) {
      expect(JSON.parse(line)).toMatchObject({ level: 'error', status: 500, error: { code: 'misconfigured' } });
      expect(JSON.parse(line).error.reason).toContain(name);
      if (value.length > 3) expect(line).not.toContain(value);
      expect(line).not.toContain('canary-value');
    }
  });

  test('several are named at once', async () => {
    const { lines } = await misconfigured({ DATABASE_URL: '', BETTER_AUTH_SECRET: '', ENVIRONMENT: 'x' });
    for (const name of ['DATABASE_URL', 'BETTER_AUTH_SECRET', 'ENVIRONMENT']) expect(lines[0]).toContain(name);
  });
});

describe('the database', () => {
  const gone = 'postgres://nobody@127.0.0.1:1/none';

  test('S1 NFR-003, S2 FR-011: is Hyperdrive’s where HYPERDRIVE is bound, whatever DATABASE_URL says', async () => {
    const user = freshUser();
    const task = await createTask(user);
    if (!overNeon) {
      const env = { DATABASE_URL: gone, HYPERDRIVE: { connectionString: bindings.DATABASE_URL ?? '' } };
      expect((await call('GET /api/tasks', { user, env })).json).toEqual([task]);
      expect((await call('GET /api/tasks', { user, env: { ...env, DATABASE_URL: '' } })).json).toEqual([task]);
    }
    const env = { HYPERDRIVE: { connectionString: gone } };
    expect((await call('GET /api/tasks', { user, env })).status).toBe(503);
  });

  test('keeps what is written: S2 US3.1, S2 US3.2, S2 US3.3, S2 FR-006 — other Workers find it', async () => {
    const user = freshUser();
    const [kept, gone] = [await createTask(user), await createTask(user)];
    await call(`PATCH /api/tasks/${kept.id}`, { user, body: { title: 'changed' } });
    await call(`DELETE /api/tasks/${gone.id}`, { user });
    const other = { DATABASE_URL: `${databaseUrl('taskflow')}?application_name=another` };
    expect((await call('GET /api/tasks', { user, env: other })).json).toMatchObject([
      { id: kept.id, title: 'changed' },
    ]);
  });
});
