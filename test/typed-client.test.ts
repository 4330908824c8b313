import { hc } from 'hono/client';
import { expect, expectTypeOf, test, vi } from 'vitest';
import type * as z from 'zod/mini';
import { createAndList } from '../examples/hono-client/create-and-list.ts';
import type { App } from '../examples/hono-client/taskflow-api';
import type { createTaskSchema, Task } from '../src/tasks/task-schema.ts';
import { createTask, fetchWorker, freshUser, token } from './support/api.ts';

const API = 'https://api.example.com';

test('the example of Hono’s client creates a task, and lists the pending ones', async () => {
  const fetchOthers = fetch;
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (url, init = {}) =>
    String(url).startsWith(API) ? fetchWorker(String(url), init as RequestInit) : fetchOthers(url, init),
  );
  const user = freshUser();
  await createTask(user, { title: 'completed', completed: true });
  await createTask(user, { title: 'pending' });
  const { task, titles } = await createAndList(API, await token({ sub: user }));
  expect(task).toMatchObject({ user_id: user, title: 'Buy groceries', completed: false });
  expect(titles).toEqual(['Buy groceries', 'pending']);
});

test('Hono’s client knows the types of bodies and responses, under both route prefixes', () => {
  const { api } = hc<App>(API);
  const both = [api.tasks, api[':user_id'].tasks] as const;
  type Client = (typeof both)[number];
  type Body<T extends (...args: never) => Promise<{ json(): unknown }>> = Awaited<
    ReturnType<Awaited<ReturnType<T>>['json']>
  >;
  expectTypeOf<Body<Client['$get']>>().toEqualTypeOf<Task[]>();
  expectTypeOf<Body<Client['$post']>>().toEqualTypeOf<Task>();
  expectTypeOf<Body<Client[':id']['$get']>>().toEqualTypeOf<Task>();
  expectTypeOf<Body<Client[':id']['$patch']>>().toEqualTypeOf<Task>();
  expectTypeOf<Body<Client[':id']['complete']['$patch']>>().toEqualTypeOf<Task>();
  expectTypeOf<Parameters<typeof api.tasks.$post>[0]['json']>().toEqualTypeOf<
    z.input<ReturnType<typeof createTaskSchema>>
  >();
  expectTypeOf<Parameters<(typeof api.tasks)[':id']['complete']['$patch']>[0]['json']>().toEqualTypeOf<
    { completed?: boolean | undefined; is_completed?: boolean | undefined } | '' | null
  >();
});
