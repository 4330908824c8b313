import { describe, expect, test } from 'vitest';
import { call, routePrefixes } from './support/api.ts';

describe.each(routePrefixes)('PATCH …/complete under $prefix', ({ setUp }) => {
  test.each([
    ['no body', { body: undefined }],
    ['no body but a JSON content type', { body: undefined, headers: { 'Content-Type': 'application/json' } }],
    ['an empty body', { body: '' }],
    ['an empty object', { body: {} }],
    ['JSON null', { body: 'null' }],
    ['an empty JSON string', { body: '""' }],
  ])('with %s toggles the completion flag [S0 US2.4, S0 FR-013]', async (_, request) => {
    const { user, path } = await setUp();
    const once = await call(`PATCH ${path}/complete`, { user, ...request });
    expect(once).toMatchObject({ status: 200, json: { completed: true, is_completed: true } });
    expect((await call(`PATCH ${path}/complete`, { user, ...request })).json.completed).toBe(false);
  });

  test.each([{ completed: true }, { is_completed: true }, { completed: true, is_completed: true }])(
    'with %j sets the completion flag, however often it is sent',
    async (body) => {
      const { user, path } = await setUp();
      const first = await call(`PATCH ${path}/complete`, { user, body });
      expect(first).toMatchObject({ status: 200, json: { completed: true } });
      expect((await call(`PATCH ${path}/complete`, { user, body })).json).toEqual(first.json);
    },
  );

  test.each([
    [{ completed: null }, 'completed: must be true or false'],
    [{ is_completed: 'true' }, 'is_completed: must be true or false'],
    [{ completed: 1 }, 'completed: must be true or false'],
  ])('with %j returns 422 and changes nothing', async (body, detail) => {
    const { user, task, path } = await setUp();
    const { status, json } = await call(`PATCH ${path}/complete`, { user, body });
    expect([status, json.code, json.detail]).toEqual([422, 'validation_failed', detail]);
    expect((await call(`GET ${path}`, { user })).json).toEqual(task);
  });

  test('of 20 concurrent toggles each counts once, and has a later updated_at than the one before [S0 EC5, S2 EC4, S1 EC3, S1 SC-007]', async () => {
    const { user, task, path } = await setUp();
    const responses = await Promise.all(Array.from({ length: 20 }, () => call(`PATCH ${path}/complete`, { user })));
    const version = (headers: Headers) => Number(JSON.parse(headers.get('etag') ?? '0'));
    const inOrder = responses.toSorted((a, b) => version(a.headers) - version(b.headers));
    expect(inOrder.map(({ status, headers }) => [status, headers.get('etag')])).toEqual(
      Array.from({ length: 20 }, (_, i) => [200, `"${i + 2}"`]),
    );
    expect(inOrder.map(({ json }) => json.completed)).toEqual(Array.from({ length: 20 }, (_, i) => i % 2 === 0));
    const instants = [task, ...inOrder.map(({ json }) => json)].map(({ updated_at }) => updated_at);
    expect(instants).toEqual([...new Set(instants)].sort());
  });
});
