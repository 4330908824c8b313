import { expect, test } from 'vitest';
import { call } from './support/api.ts';

test('GET /health answers without a token and without the database', async () => {
  const answer = await call('GET /health', { env: { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' } });
  expect(answer).toMatchObject({ status: 200, json: { status: 'ok' } });
});

test('GET /ready answers 200 where the database does', async () => {
  expect(await call('GET /ready')).toMatchObject({ status: 200, json: { status: 'ok' } });
});
