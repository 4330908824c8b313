import { describe, expect, test } from 'vitest';
import { addresses, call, freshUser } from './support/api.ts';

describe.each(addresses)('POST with an Idempotency-Key at the $address', ({ tasksOf }) => {
  const post = (user: string, key: string, body: object = { title: 'once', description: 'd' }) =>
    call(`POST ${tasksOf(user)}`, { user, body, headers: { 'Idempotency-Key': key } });

  test('creates a task as without one', async () => {
    const user = freshUser();
    const answer = await post(user, 'k');
    expect(answer.status).toBe(201);
    expect(answer.json).toMatchObject({
      user_id: user,
      title: 'once',
      description: 'd',
      completed: false,
      is_completed: false,
    });
    expect(answer.json.updated_at).toBe(answer.json.created_at);
    expect(answer.headers.get('location')).toBe(`${tasksOf(user)}/${answer.json.id}`);
    expect(answer.headers.get('etag')).toBe('"1"');
    expect(answer.headers.has('idempotency-replayed')).toBe(false);
    expect((await call(`GET ${tasksOf(user)}/${answer.json.id}`, { user })).json).toEqual(answer.json);
  });

  test('creates nothing when sent again, and answers 201 with the same task', async () => {
    const user = freshUser();
    const first = await post(user, 'k');
    const again = await post(user, 'k');
    expect([again.status, again.text]).toEqual([201, first.text]);
    for (const name of ['location', 'etag']) expect(again.headers.get(name)).toBe(first.headers.get(name));
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect((await call(`GET ${tasksOf(user)}`, { user })).json).toEqual([first.json]);
  });

  test('creates nothing even after the task was changed or deleted', async () => {
    const user = freshUser();
    const first = await post(user, 'k');
    await call(`PATCH ${tasksOf(user)}/${first.json.id}`, { user, body: { title: 'changed' } });
    expect((await post(user, 'k')).text).toBe(first.text);
    await call(`DELETE ${tasksOf(user)}/${first.json.id}`, { user });
    expect((await post(user, 'k')).text).toBe(first.text);
    expect((await call(`GET ${tasksOf(user)}`, { user })).json).toEqual([]);
  });

  test.each([{ title: 'other' }, { title: 'once' }, { title: 'once', description: 'd', completed: true }])(
    'sent with another body, %j, gets 422 and creates nothing',
    async (body) => {
      const user = freshUser();
      const first = await post(user, 'k');
      const { status, json } = await post(user, 'k', body);
      expect([status, json]).toEqual([
        422,
        { detail: 'This Idempotency-Key was sent before, with another body', code: 'idempotency_key_reused' },
      ]);
      expect((await call(`GET ${tasksOf(user)}`, { user })).json).toEqual([first.json]);
    },
  );

  test('is the user’s own: another user’s same key creates another task', async () => {
    const [user, other] = [freshUser(), freshUser()];
    const [mine, theirs] = [await post(user, 'k'), await post(other, 'k')];
    expect(mine.json.id).not.toBe(theirs.json.id);
    expect([mine.json.user_id, theirs.json.user_id]).toEqual([user, other]);
  });

  test('sent 50 times at once creates one task, and all get it', async () => {
    const user = freshUser();
    const answers = await Promise.all(Array.from({ length: 50 }, () => post(user, 'k')));
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(answers[0]?.status).toBe(201);
    expect(answers.filter(({ headers }) => !headers.has('idempotency-replayed'))).toHaveLength(1);
    expect((await call(`GET ${tasksOf(user)}`, { user })).json).toEqual([answers[0]?.json]);
  });

  test.each(['!', '~'.repeat(255), 'c0ffee-1/2:3'])('the key %s will do', async (key) => {
    expect((await post(freshUser(), key)).status).toBe(201);
  });

  test.each(['x'.repeat(256), 'two words', 'caf\u00e9'])('the key %s gets 422', async (key) => {
    const { status, json } = await post(freshUser(), key);
    const message = 'must have 1 to 255 visible ASCII characters';
    expect([status, json.errors]).toEqual([422, [{ field: 'Idempotency-Key', message }]]);
  });

  test('a refused body leaves the key unused', async () => {
    const user = freshUser();
    expect((await post(user, 'k', { title: '' })).status).toBe(422);
    expect((await post(user, 'k')).status).toBe(201);
  });
});
