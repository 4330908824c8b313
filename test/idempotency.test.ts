import { describe, expect, test } from 'vitest';
import { call, freshUser, routePrefixes } from './support/api.ts';
import { expectError } from './support/expectations.ts';

describe.each(routePrefixes)('POST $prefix with an Idempotency-Key', ({ tasksOf }) => {
  const post = (user: string, key = 'k', body: object = { title: 'once', description: 'd' }) =>
    call(`POST ${tasksOf(user)}`, { user, body, headers: { 'Idempotency-Key': key } });

  const tasksIn = async (user: string) => (await call(`GET ${tasksOf(user)}`, { user })).json;

  test('creates a task, and when sent again nothing: it responds with the same task', async () => {
    const user = freshUser();
    const first = await post(user);
    const fields = { user_id: user, title: 'once', description: 'd', completed: false };
    expect(first).toMatchObject({ status: 201, json: fields });
    expect(first.headers.get('location')).toBe(`${tasksOf(user)}/${first.json.id}`);
    expect(first.headers.has('idempotency-replayed')).toBe(false);
    const replay = await post(user);
    expect([replay.status, replay.text]).toEqual([201, first.text]);
    for (const name of ['location', 'etag']) expect(replay.headers.get(name)).toBe(first.headers.get(name));
    expect(replay.headers.get('idempotency-replayed')).toBe('true');
    expect(await tasksIn(user)).toEqual([first.json]);
  });

  test('creates nothing after the task was changed or deleted', async () => {
    const user = freshUser();
    const first = await post(user);
    await call(`PATCH ${tasksOf(user)}/${first.json.id}`, { user, body: { title: 'changed' } });
    expect((await post(user)).text).toBe(first.text);
    await call(`DELETE ${tasksOf(user)}/${first.json.id}`, { user });
    expect((await post(user)).text).toBe(first.text);
    expect(await tasksIn(user)).toEqual([]);
  });

  test.each([{ title: 'other' }, { title: 'once' }, { title: 'once', description: 'd', completed: true }])(
    'is refused with the other body %j',
    async (body) => {
      const user = freshUser();
      const first = await post(user);
      expectError(await post(user, 'k', body), 'idempotency_key_reused');
      expect(await tasksIn(user)).toEqual([first.json]);
    },
  );

  test('creates one task when sent 50 times at once', async () => {
    const user = freshUser();
    const responses = await Promise.all(Array.from({ length: 50 }, () => post(user)));
    expect(responses.filter(({ headers }) => !headers.has('idempotency-replayed'))).toHaveLength(1);
    const [task] = await tasksIn(user);
    for (const response of responses) expect(response).toMatchObject({ status: 201, json: task });
    expect(await tasksIn(user)).toEqual([task]);
  });

  test.each(['!', '~'.repeat(255), 'c0ffee-1/2:3'])('accepts the key %s', async (key) => {
    expect((await post(freshUser(), key)).status).toBe(201);
  });

  test.each(['x'.repeat(256), 'two words', 'caf\u00e9'])('refuses the key %s', async (key) => {
    const errors = [{ field: 'Idempotency-Key', message: 'must have 1 to 255 visible ASCII characters' }];
    expect(await post(freshUser(), key)).toMatchObject({ status: 422, json: { code: 'validation_failed', errors } });
  });

  test('does not use up the key of a refused body', async () => {
    const user = freshUser();
    expect((await post(user, 'k', { title: '' })).status).toBe(422);
    expect((await post(user)).status).toBe(201);
  });
});
