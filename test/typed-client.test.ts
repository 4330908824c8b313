import { hc } from 'hono/client';
import { afterEach, beforeEach, expect, expectTypeOf, test, vi } from 'vitest';
import { createAndList } from '../examples/typed-client.ts';
import type { App } from '../src/index.ts';
import type { Task } from '../src/tasks/task-schema.ts';
import { createTask, fetchWorker, freshUser, token } from './support/api.ts';

const API = 'https://api.example.com';

beforeEach(() => {
  const elsewhere = fetch;
  vi.stubGlobal('fetch', (url: string, init: RequestInit) =>
    url.startsWith(API) ? fetchWorker(url, init) : elsewhere(url, init),
  );
});

afterEach(() => void vi.unstubAllGlobals());

test('the README’s typed client creates a task, and lists what is still to be done', async () => {
  const user = freshUser();
  await createTask(user, { title: 'done', completed: true });
  await createTask(user, { title: 'open' });
  const { task, titles } = await createAndList(API, await token({ sub: user }));
  expect(task).toMatchObject({ user_id: user, title: 'Buy groceries', completed: false });
  expect(titles).toEqual(['Buy groceries', 'open']);
});

test('Hono’s client knows the types of answers and bodies, at both addresses', () => {
  const { api } = hc<App>(API);
  const both = [api.tasks, api[':user_id'].tasks] as const;
  type Address = (typeof both)[number];
  type Answer<T extends (...args: never) => Promise<{ json(): unknown }>> = Awaited<
    ReturnType<Awaited<ReturnType<T>>['json']>
  >;
  expectTypeOf<Answer<Address['$get']>>().toEqualTypeOf<Task[]>();
  expectTypeOf<Answer<Address['$post']>>().toEqualTypeOf<Task>();
  expectTypeOf<Answer<Address[':id']['$get']>>().toEqualTypeOf<Task>();
  expectTypeOf<Answer<Address[':id']['$patch']>>().toEqualTypeOf<Task>();
  expectTypeOf<Answer<Address[':id']['complete']['$patch']>>().toEqualTypeOf<Task>();
  expectTypeOf<Parameters<typeof api.tasks.$post>[0]['json']>().toEqualTypeOf<{
    title: string;
    description?: string | null | undefined;
    completed?: boolean | undefined;
    is_completed?: boolean | undefined;
  }>();
  // @ts-expect-error a title is a string
  const refused: Parameters<typeof api.tasks.$post>[0] = { json: { title: 1 } };
  expect(refused).toBeDefined();
});
