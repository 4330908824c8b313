import assert from 'node:assert/strict';
import type { Steps } from './steps.ts';
import type { Visitor } from './visitor.ts';

/** What people do with their tasks. */
export async function useTasks(steps: Steps, visitor: Visitor): Promise<void> {
  const { tasks } = visitor;
  let task: any;
  let at = '';
  const bodyOf = async (status: number, methodAndPath: string, body?: unknown) =>
    (await visitor.expect(status, methodAndPath, { body })).body;

  await steps.take('S1 US2.1: the list of a new user is empty, at both addresses', async () => {
    for (const path of [tasks, '/api/tasks']) assert.deepEqual(await bodyOf(200, `GET ${path}`), []);
  });

  await steps.take(
    'S1 SC-005, S3 SC-004, S1 US3.1, S0 US2.1: creates a task; the page can read Location, ETag and X-Request-Id',
    async () => {
      const created = await visitor.expect(201, `POST ${tasks}`, { body: { title: 'Buy groceries 🥖' } });
      task = created.body;
      assert.equal(task.title, 'Buy groceries 🥖');
      assert.equal(task.user_id, visitor.userId);
      at = `${tasks}/${task.id}`;
      assert.equal(created.headers.location, at);
      assert.match(created.headers.etag ?? '', /^"\d+"$/);
      assert.ok(created.headers['x-request-id']);
    },
  );

  await steps.take('S3 FR-012: creates and lists with credentials: "include"', async () => {
    const other = await visitor.expect(201, `POST ${tasks}`, {
      body: { title: 'Done', completed: true },
      include: true,
    });
    const list = await visitor.expect(200, `GET ${tasks}`, { include: true });
    assert.deepEqual(list.body, [other.body, task]);
  });

  await steps.take('S0 US2.2: lists only the pending tasks', async () => {
    assert.deepEqual(await bodyOf(200, `GET ${tasks}?status=pending`), [task]);
    assert.deepEqual(await bodyOf(200, `GET ${tasks}?completed=false`), [task]);
  });

  await steps.take('S1 US6.1: gets the task, at both addresses', async () => {
    for (const path of [at, `/api/tasks/${task.id}`]) assert.deepEqual(await bodyOf(200, `GET ${path}`), task);
  });

  await steps.take('S0 US2.3: updates by PUT', async () => {
    assert.equal((await bodyOf(200, `PUT ${at}`, { title: 'Buy bread', description: 'Rye' })).title, 'Buy bread');
  });

  await steps.take('S1 US4.1: updates by PATCH, which leaves the rest as it was', async () => {
    const changed = await bodyOf(200, `PATCH ${at}`, { description: 'Wheat' });
    assert.deepEqual([changed.title, changed.description, changed.completed], ['Buy bread', 'Wheat', false]);
  });

  await steps.take('S0 US2.4: toggles, there and back', async () => {
    assert.equal((await bodyOf(200, `PATCH ${at}/complete`)).completed, true);
    assert.equal((await bodyOf(200, `PATCH ${at}/complete`, {})).completed, false);
  });

  await steps.take('S1 US3.3: the page can read a 422, and which field is wrong', async () => {
    const { detail, code, errors } = await bodyOf(422, `POST ${tasks}`, { title: '' });
    assert.equal(code, 'validation_failed');
    assert.equal(errors[0].field, 'title');
    assert.equal(detail, `title: ${errors[0].message}`);
  });

  await steps.take('S1 US1.5: the page can read the 403 at another user’s address', async () => {
    assert.equal((await bodyOf(403, 'GET /api/somebody-else/tasks')).code, 'forbidden');
  });

  await steps.take('S0 US2.5: deletes; the task is gone', async () => {
    assert.equal(await bodyOf(204, `DELETE ${at}`), null);
    assert.equal((await bodyOf(404, `GET ${at}`)).code, 'not_found');
    assert.equal((await bodyOf(200, `GET ${tasks}`)).length, 1);
  });
}
