import { expect, test } from 'vitest';
import { call, freshUser } from './support/api.ts';

/** A variable may be a number, as `wrangler.toml` can have it. */
const envs = [{ VALIDATION_ERROR_STATUS: '400' }, { VALIDATION_ERROR_STATUS: 400 }];

test.each(envs)('%j replaces every 422, and nothing else [S2 US4.1, S3 US3.2, S3 FR-008]', async (env) => {
  const user = freshUser();
  const headers = { 'Idempotency-Key': 'k' };
  await call('POST /api/tasks', { user, env, headers, body: { title: 'first' } });
  const responses = [
    await call('POST /api/tasks', { user, env, headers, body: { title: 'second' } }),
    await call('POST /api/tasks', { user, env, body: { title: '' } }),
    await call(`PATCH /api/${user}/tasks/1`, { user, env, body: { title: '' } }),
    await call('GET /api/tasks?limit=0', { user, env }),
    await call('GET /api/tasks/abc', { user, env }),
    await call(`GET /api/${'x'.repeat(256)}/tasks`, { user, env }),
    await call('POST /api/tasks', { user, env, body: 'title=x', headers: { 'Content-Type': 'text/plain' } }),
    await call('GET /api/tasks/0', { user, env }),
  ];
  expect(responses.map(({ status, json }) => [status, json.code])).toEqual([
    [400, 'idempotency_key_reused'],
    ...Array(5).fill([400, 'validation_failed']),
    [415, 'unsupported_media_type'],
    [404, 'not_found'],
  ]);
});
