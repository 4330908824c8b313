import { describe, expect, test } from 'vitest';
import { type Call, call, freshUser, overNeon, routePrefixes } from './support/api.ts';
import { recordStatements } from './support/database.ts';

describe.runIf(overNeon).each(routePrefixes)('under $prefix', ({ tasksOf, setUp }) => {
  const title = 'Buy groceries';
  const key = { 'Idempotency-Key': 'once' };

  test.each<[request: string, status: number, options?: Call]>([
    ['GET TASKS', 200],
    ['GET TASKS?completed=false&status=pending', 200],
    ['GET TASKS?limit=1', 200],
    ['POST TASKS', 201, { body: { title } }],
    ['POST TASKS', 201, { body: { title }, headers: key }],
    ['GET TASK', 200],
    ['GET TASK', 304, { headers: { 'If-None-Match': '"1"' } }],
    ['PUT TASK', 200, { body: { title: 'Other' } }],
    ['PATCH TASK', 200, { body: { completed: true }, headers: { 'If-Match': '"1"' } }],
    ['PATCH TASK/complete', 200],
    ['PATCH TASK/complete', 200, { body: { completed: true } }],
    ['DELETE TASK', 204],
  ])('%s returns %i with one statement', async (request, status, options) => {
    const { user, tasks, path: task } = await setUp();
    const path = request.replace('TASKS', tasks).replace('TASK', task);
    const statements = recordStatements();
    expect((await call(path, { user, ...options })).status).toBe(status);
    expect(statements).toHaveLength(1);
  });

  test.each<[method: string, status: number, options?: Call]>([
    ['GET', 401, { user: null }],
    ['POST', 401, { user: null, bearer: 'a.b.c', body: { title } }],
    ['DELETE', 405],
    ['POST', 415, { body: '{}', headers: { 'Content-Type': 'text/plain' } }],
    ['POST', 422, { body: { title: '' } }],
  ])('%s returns %i without a statement', async (method, status, options) => {
    const user = freshUser();
    const statements = recordStatements();
    expect((await call(`${method} ${tasksOf(user)}`, { user, ...options })).status).toBe(status);
    expect(statements).toHaveLength(0);
  });
});
