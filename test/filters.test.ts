import { describe, expect, test } from 'vitest';
import { call, createTask, freshUser, routePrefixes } from './support/api.ts';
import { titlesOf } from './support/pages.ts';

describe.each(routePrefixes)('under $prefix', ({ tasksOf }) => {
  test.each([
    ['completed=true', ['completed']],
    ['completed=false', ['pending']],
    ['is_completed=true', ['completed']],
    ['is_completed=FALSE', ['pending']],
    ['status=all', ['completed', 'pending']],
    ['status=completed', ['completed']],
    ['status=pending', ['pending']],
    ['status=active', ['pending']],
    ['status=incomplete', ['pending']],
    ['status=PenDing', ['pending']],
    ['completed=true&is_completed=true&status=completed', ['completed']],
    ['completed=true&completed=true', ['completed']],
    ['sort=title&unknown=1', ['completed', 'pending']],
  ])('?%s lists %j [S0 FR-012]', async (query, titles) => {
    const user = freshUser();
    await createTask(user, { title: 'pending' });
    await createTask(user, { title: 'completed', completed: true });
    const response = await call(`GET ${tasksOf(user)}?${query}`, { user });
    expect([response.status, titlesOf(response)]).toEqual([200, titles]);
  });

  test.each([
    ['completed=maybe', 'completed', 'must be true or false'],
    ['completed=', 'completed', 'must be true or false'],
    ['is_completed=yes', 'is_completed', 'must be true or false'],
    ['status=done', 'status', 'must be all, completed or pending'],
    ['completed=true&is_completed=false', 'status', 'conflicts with another filter'],
    ['completed=true&status=pending', 'status', 'conflicts with another filter'],
    ['completed=true&completed=false', 'status', 'conflicts with another filter'],
  ])('?%s returns 422: %s %s [S0 FR-012]', async (query, field, message) => {
    const user = freshUser();
    const { status, json } = await call(`GET ${tasksOf(user)}?${query}`, { user });
    const errors = [{ field, message }];
    expect([status, json]).toEqual([422, { detail: `${field}: ${message}`, code: 'validation_failed', errors }]);
  });

  test('all that is wrong with a query is reported at once', async () => {
    const user = freshUser();
    const { json } = await call(`GET ${tasksOf(user)}?completed=true&completed=false&cursor=x&limit=0`, { user });
    expect(json.errors.map(({ field }: { field: string }) => field)).toEqual(['limit', 'cursor', 'status']);
  });
});
