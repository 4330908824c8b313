import { describe, expect, test } from 'vitest';
import { call, freshUser, routePrefixes } from './support/api.ts';

describe.each(routePrefixes)('under $prefix', ({ tasksOf }) => {
  describe.each([
    ['GET', '', undefined],
    ['PUT', '', { title: 'x' }],
    ['PATCH', '', { title: 'x' }],
    ['PATCH', '/complete', undefined],
    ['DELETE', '', undefined],
  ])('%s …/{id}%s', (method, suffix, body) => {
    test.each([
      ...['0', '-1', '-0', '2147483648', '9223372036854775807', '9223372036854775808', '9'.repeat(30)],
      ...['-9223372036854775808', '-9223372036854775809', `-${'9'.repeat(30)}`],
    ])(
      'the id %s, which no task has, returns 404 [S1 EC6, S1 US4.4, S1 US5.2, S1 US6.2, S0 US3.3, S3 US3.3]',
      async (id) => {
        const user = freshUser();
        const { status, json } = await call(`${method} ${tasksOf(user)}/${id}${suffix}`, { user, body });
        expect([status, json]).toEqual([404, { detail: 'Task not found', code: 'not_found' }]);
      },
    );

    test.each(['abc', '1.5', '1e3', '0x1', '%00', '%2F', '%20', '+1', '1%0A', '٣', '%', '%E0%A4%A'])(
      'the id %s, which is not an integer, returns 422 [S1 EC6]',
      async (id) => {
        const user = freshUser();
        const { status, json } = await call(`${method} ${tasksOf(user)}/${id}${suffix}`, { user, body });
        const errors = [{ field: 'id', message: 'must be an integer' }];
        expect([status, json]).toEqual([422, { detail: 'id: must be an integer', code: 'validation_failed', errors }]);
      },
    );
  });

  test('an empty id returns 422', async () => {
    const user = freshUser();
    expect((await call(`PATCH ${tasksOf(user)}//complete`, { user })).status).toBe(422);
    expect((await call(`GET ${tasksOf(user)}//`, { user })).status).toBe(422);
  });
});
