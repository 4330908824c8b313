import assert from 'node:assert/strict';
import { step } from '../support/checks.ts';
import type { User } from './user.ts';

export async function useTasks(user: User): Promise<void> {
  const { page } = user;
  const tasks = `/api/${user.id}/tasks`;
  const titles = () => page.locator('#list .title').allTextContents();
  const titleField = page.locator('#create').getByLabel('Title');
  const save = page.locator('#list .primary:visible');
  let task: any;
  let path = '';
  const bodyOf = async (status: number, request: string, body?: unknown) =>
    (await user.expect(status, request, { body })).body;

  await step('the list of a new user is empty under both route prefixes [S1 US2.1]', async () => {
    for (const list of [tasks, '/api/tasks']) assert.deepEqual(await bodyOf(200, `GET ${list}`), []);
    await page.getByText('No tasks yet').waitFor();
  });

  await step(
    'a task is created, and the page can read Location, ETag and X-Request-Id [S1 SC-005, S3 SC-004, S1 US3.1, S0 US2.1]',
    async () => {
      await titleField.fill('Buy groceries 🥖');
      const { headers, body } = await user.act(201, 'POST /api/tasks', () => titleField.press('Enter'));
      task = body;
      path = `/api/tasks/${task.id}`;
      assert.deepEqual([task.title, task.user_id, task.description], ['Buy groceries 🥖', user.id, null]);
      assert.equal(headers.location, path);
      assert.match(headers.etag ?? '', /^"\d+"$/);
      assert.ok(headers['x-request-id']);
      assert.deepEqual(await titles(), [task.title]);
    },
  );

  await step('a page may send credentials: "include" [S3 FR-012]', async () => {
    const [body, credentials] = [{ title: 'Done', completed: true }, 'include' as const];
    const other = await user.expect(201, `POST ${tasks}`, { body, credentials });
    assert.deepEqual((await user.expect(200, `GET ${tasks}`, { credentials })).body, [other.body, task]);
  });

  await step('the pending tasks are listed alone [S0 US2.2]', async () => {
    const pending = await user.act(200, 'GET /api/tasks?status=pending', () => page.getByText('Pending').click());
    assert.deepEqual(pending.body, [task]);
    assert.deepEqual(await bodyOf(200, `GET ${tasks}?completed=false`), [task]);
    await user.act(200, 'GET /api/tasks', () => page.getByText('All', { exact: true }).click());
    assert.deepEqual(await titles(), ['Done', task.title]);
  });

  await step('a task is returned under both route prefixes [S1 US6.1]', async () => {
    for (const one of [path, `${tasks}/${task.id}`]) assert.deepEqual(await bodyOf(200, `GET ${one}`), task);
  });

  await step('PUT updates a task [S0 US2.3]', async () => {
    const { title } = await bodyOf(200, `PUT ${tasks}/${task.id}`, { title: 'Buy bread', description: 'Rye' });
    assert.equal(title, 'Buy bread');
  });

  await step('an edit shows the newest version, and updates it [S1 US4.1]', async () => {
    await user.act(200, `GET ${path}`, () => user.button(`Edit ${task.title}`).click());
    assert.equal(await page.locator('#list form:visible').getByLabel('Title').inputValue(), 'Buy bread');
    await page.locator('#list form:visible').getByLabel('Description').fill('Wheat');
    const { body } = await user.act(200, `PATCH ${path}`, () => save.click());
    assert.deepEqual([body.title, body.description, body.completed], ['Buy bread', 'Wheat', false]);
  });

  await step('an edit of a task that somebody has changed meanwhile is refused, and the page says so', async () => {
    await user.act(200, `GET ${path}`, () => user.button('Edit Buy bread').click());
    await bodyOf(200, `PATCH ${path}`, { title: 'Bake bread' });
    const { body } = await user.act(412, `PATCH ${path}`, () => save.click());
    assert.equal(await page.locator('#list .error').last().textContent(), body.detail);
    await page.locator('#list .cancel:visible').click();
    assert.equal((await bodyOf(200, `GET ${path}`)).title, 'Bake bread');
  });

  await step('the completion flag is toggled, twice [S0 US2.4]', async () => {
    const checkbox = page.getByRole('checkbox', { name: 'Buy bread' });
    assert.equal((await user.act(200, `PATCH ${path}/complete`, () => checkbox.check())).body.completed, true);
    assert.equal((await bodyOf(200, `PATCH ${path}/complete`)).completed, false);
  });

  await step('the page shows a 422 and which field is invalid [S1 US3.3]', async () => {
    const { body } = await user.act(422, 'POST /api/tasks', () => user.button('Add task').click());
    const { detail, code, errors } = body;
    assert.deepEqual([code, errors[0].field, detail], ['validation_failed', 'title', `title: ${errors[0].message}`]);
    assert.equal(await page.locator('#create .error').textContent(), detail);
    assert.equal(await titleField.getAttribute('aria-invalid'), 'true');
  });

  await step('on a phone the page shows what the API refuses, one after another', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    const refusals = { 'No token': '401', 'Forged token': '401', 'Another user': '403', 'Missing task': '404' };
    for (const [name, status] of Object.entries(refusals)) {
      await user.button('Clear').click();
      await user.button('No token').click();
      await page.locator('#log [open]').waitFor();
      await user.button(name).click();
      await page.locator('#log li').nth(1).waitFor();
      assert.equal(await page.locator('#log .status').first().textContent(), status);
    }
    await page.setViewportSize({ width: 1280, height: 720 });
  });

  await step('the page shows the 403 of another user’s tasks [S1 US1.5]', async () => {
    const { body } = await user.act(403, 'GET /api/somebody-else/tasks', () => user.button('Another user').click());
    assert.equal(body.code, 'forbidden');
  });

  await step('a deleted task is gone [S0 US2.5]', async () => {
    assert.equal((await user.act(204, `DELETE ${path}`, () => user.button('Delete Bake bread').click())).body, '');
    assert.equal((await bodyOf(404, `GET ${path}`)).code, 'not_found');
    assert.equal((await bodyOf(200, `GET ${tasks}`)).length, 1);
    assert.deepEqual(await titles(), ['Done']);
  });
}
