import { expect, test } from 'vitest';
import { bindings, call, freshUser } from './support/api.ts';
import { insertTasks } from './support/database.ts';
import { unreachableDatabase } from './support/faulty-database.ts';
import { titlesOf } from './support/pages.ts';
import { boundHyperdrive } from './support/worker.ts';

test.each(['', unreachableDatabase.DATABASE_URL])(
  'a Worker with a Hyperdrive binding uses it, whatever DATABASE_URL is: "%s" [S1 NFR-003, S2 FR-011]',
  async (DATABASE_URL) => {
    const user = freshUser();
    const env = { DATABASE_URL, HYPERDRIVE: boundHyperdrive };
    const titles = await insertTasks(user, 1500);
    const created = await call('POST /api/tasks', { user, env, body: { title: 'Buy groceries' } });
    expect(created.status).toBe(201);
    const completed = await call(`PATCH /api/tasks/${created.json.id}/complete`, { user, env });
    expect(completed).toMatchObject({ status: 200, json: { title: 'Buy groceries', completed: true } });
    expect(titlesOf(await call('GET /api/tasks', { user, env }))).toEqual(['Buy groceries', ...titles]);
  },
);

test('DATABASE_URL does not stand in for a Hyperdrive that is down [S1 NFR-003, S2 FR-011]', async () => {
  const env = { ...bindings, HYPERDRIVE: { connectionString: unreachableDatabase.DATABASE_URL } };
  expect((await call('GET /api/tasks', { user: freshUser(), env })).status).toBe(503);
});
