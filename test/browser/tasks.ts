import assert from 'node:assert/strict';
import { step } from '../support/checks.ts';
import type { User } from './user.ts';

export async function useTasks(user: User): Promise<void> {
  const tasks = `/api/${user.id}/tasks`;
  let task: any;
  let path = '';
  const bodyOf = async (status: number, request: string, body?: unknown) =>
    (await user.expect(status, request, { body })).body;

  await step('the list of a new user is empty under both route prefixes [S1 US2.1]', async () => {
    for (const list of [tasks, '/api/tasks']) assert.deepEqual(await bodyOf(200, `GET ${list}`), []);
  });

  await step(
    'a task is created, and the page can read Location, ETag and X-Request-Id [S1 SC-005, S3 SC-004, S1 US3.1, S0 US2.1]',
    async () => {
      const { headers, body } = await user.expect(201, `POST ${tasks}`, { body: { title: 'Buy groceries 🥖' } });
      task = body;
      path = `${tasks}/${task.id}`;
      assert.deepEqual([task.title, task.user_id], ['Buy groceries 🥖', user.id]);
      assert.equal(headers.location, path);
      assert.match(headers.etag ?? '', /^"\d+"$/);
      assert.ok(headers['x-request-id']);
    },
  );

  await step('a page may send credentials: "include" [S3 FR-012]', async () => {
    const [body, credentials] = [{ title: 'Done', completed: true }, 'include' as const];
    const other = await user.expect(201, `POST ${tasks}`, { body, credentials });
    assert.deepEqual((await user.expect(200, `GET ${tasks}`, { credentials })).body, [other.body, task]);
  });

  await step('the pending tasks are listed alone [S0 US2.2]', async () => {
    assert.deepEqual(await bodyOf(200, `GET ${tasks}?status=pending`), [task]);
    assert.deepEqual(await bodyOf(200, `GET ${tasks}?completed=false`), [task]);
  });

  await step('a task is returned under both route prefixes [S1 US6.1]', async () => {
    for (const one of [path, `/api/tasks/${task.id}`]) assert.deepEqual(await bodyOf(200, `GET ${one}`), task);
  });

  await step('PUT updates a task [S0 US2.3]', async () => {
    const { title } = await bodyOf(200, `PUT ${path}`, { title: 'Buy bread', description: 'Rye' });
    assert.equal(title, 'Buy bread');
  });

  await step('PATCH updates a field and leaves the others [S1 US4.1]', async () => {
    const { title, description, completed } = await bodyOf(200, `PATCH ${path}`, { description: 'Wheat' });
    assert.deepEqual([title, description, completed], ['Buy bread', 'Wheat', false]);
  });

  await step('the completion flag is toggled, twice [S0 US2.4]', async () => {
    assert.equal((await bodyOf(200, `PATCH ${path}/complete`)).completed, true);
    assert.equal((await bodyOf(200, `PATCH ${path}/complete`, {})).completed, false);
  });

  await step('the page can read a 422 and which field is invalid [S1 US3.3]', async () => {
    const { detail, code, errors } = await bodyOf(422, `POST ${tasks}`, { title: '' });
    assert.deepEqual([code, errors[0].field, detail], ['validation_failed', 'title', `title: ${errors[0].message}`]);
  });

  await step('the page can read the 403 of another user’s tasks [S1 US1.5]', async () => {
    assert.equal((await bodyOf(403, 'GET /api/somebody-else/tasks')).code, 'forbidden');
  });

  await step('a deleted task is gone [S0 US2.5]', async () => {
    assert.equal(await bodyOf(204, `DELETE ${path}`), '');
    assert.equal((await bodyOf(404, `GET ${path}`)).code, 'not_found');
    assert.equal((await bodyOf(200, `GET ${tasks}`)).length, 1);
  });
}
