import { afterEach, describe, expect, test, vi } from 'vitest';
import { addresses, type Call, call, createTask, freshUser, overNeon } from './support/api.ts';
import { NEON_API_HOST } from './support/neon-host.ts';

/** Calls the API, and counts what it sends to the database meanwhile: over Neon's driver a statement is a request. */
async function statementsOf(methodAndPath: string, options: Call) {
  const fetched = vi.spyOn(globalThis, 'fetch').mockClear();
  const { status } = await call(methodAndPath, options);
  const urls = fetched.mock.calls.map(([input]) => new URL(new Request(input as Request).url));
  return { status, statements: urls.filter(({ hostname }) => hostname === NEON_API_HOST).length };
}

afterEach(() => void vi.restoreAllMocks());

// Here the Worker and the test are one isolate. What is counted is the same over TCP.
describe.runIf(overNeon).each(addresses)('at the $address', ({ tasksOf }) => {
  const title = 'Buy groceries';
  const key = { 'Idempotency-Key': 'once' };

  test.each<[status: number, request: string, options?: Call]>([
    [200, 'GET TASKS'],
    [200, 'GET TASKS?completed=false&status=pending'],
    [200, 'GET TASKS?limit=1'],
    [201, 'POST TASKS', { body: { title } }],
    [201, 'POST TASKS', { body: { title }, headers: key }],
    [200, 'GET TASK'],
    [304, 'GET TASK', { headers: { 'If-None-Match': '"1"' } }],
    [200, 'PUT TASK', { body: { title: 'Other' } }],
    [200, 'PATCH TASK', { body: { completed: true }, headers: { 'If-Match': '"1"' } }],
    [200, 'PATCH TASK/complete'],
    [200, 'PATCH TASK/complete', { body: { completed: true } }],
    [204, 'DELETE TASK'],
  ])('%i, %s is one statement', async (status, request, options) => {
    const user = freshUser();
    const { id } = await createTask(user);
    const path = request.replace('TASKS', tasksOf(user)).replace('TASK', `${tasksOf(user)}/${id}`);
    expect(await statementsOf(path, { user, ...options })).toEqual({ status, statements: 1 });
  });

  test.each<[status: number, request: string, options?: Call]>([
    [401, 'GET', { user: null }],
    [401, 'POST', { user: null, bearer: 'a.b.c', body: { title } }],
    [405, 'DELETE'],
    [415, 'POST', { body: '{}', headers: { 'Content-Type': 'text/plain' } }],
    [422, 'POST', { body: { title: '' } }],
  ])('%i, %s is none', async (status, method, options) => {
    const user = freshUser();
    expect(await statementsOf(`${method} ${tasksOf(user)}`, { user, ...options })).toEqual({ status, statements: 0 });
  });
});
