import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { startApi } from './api.ts';
import { createDatabase } from './database.ts';
import { cloneProject, npmRun, project } from './npm-run.ts';

/** Those that a new field or resource is most likely to break. They run as the least-privilege role. */
const names = ['database-preconditions', 'failure-reasons', 'openapi', 'openapi-statuses', 'tasks', 'updates'];
const tests = names.map((name) => `test/${name}.test.ts`);

/** Applies each change of docs/extending.md, in order: a `diff`, or a whole file under its path. */
function follow(clone: string): void {
  const guide = readFileSync(join(project, 'docs/extending.md'), 'utf8');
  for (const [, path, kind, content = ''] of guide.matchAll(/(?:`([^`]+)`:\n\n)?```(diff|ts)\n(.*?)```/gs)) {
    if (kind === 'diff') execFileSync('git', ['apply', '-'], { cwd: clone, input: content });
    else {
      mkdirSync(dirname(join(clone, path ?? '')), { recursive: true });
      writeFileSync(join(clone, path ?? ''), content);
    }
  }
}

test('docs/extending.md adds a field and a resource that work, and checks and tests pass', async () => {
  const clone = cloneProject();
  follow(clone);
  for (const script of [['db:generate'], ['lint'], ['types'], ['test', '--', '--project=neon', ...tests]]) {
    const { status, output } = await npmRun(script, {}, clone).untilExit();
    expect(status, output).toBe(0);
  }
  const folder = join(clone, 'dist/tested'); // The tests have built it.
  const { send } = await startApi('user', await createDatabase('extended'), { name: 'extended', folder });

  const key = { 'Idempotency-Key': 'k' };
  const created = await send('POST', '/api/tasks', { title: 'x', category: 'home' }, key);
  expect(created).toMatchObject({ status: 201, json: { title: 'x', category: 'home', description: null } });
  expect((await send('POST', '/api/tasks', { title: 'x', category: 'work' }, key)).status).toBe(422);
  const path = `/api/tasks/${created.json.id}`;
  expect((await send('PATCH', path, { title: 'y' })).json).toMatchObject({ title: 'y', category: 'home' });
  expect((await send('PATCH', path, { category: null })).json).toMatchObject({ title: 'y', category: null });
  expect((await send('POST', '/api/tasks', { title: 'x', category: 'x'.repeat(51) })).status).toBe(422);
  expect((await send('POST', '/api/tasks', { title: 'z' })).json).toMatchObject({ category: null });
  expect((await send('GET', '/api/tasks')).json).toMatchObject([{ title: 'z' }, { title: 'y', category: null }]);

  expect(await send('POST', '/api/labels', { name: 'home' })).toMatchObject({
    status: 201,
    json: { id: 1, name: 'home' },
  });
  expect((await send('POST', '/api/labels', { name: '' })).status).toBe(422);
  expect((await send('GET', '/api/labels')).json).toEqual([{ id: 1, name: 'home' }]);
  const document = JSON.parse(readFileSync(join(clone, 'dist/assets/openapi.json'), 'utf8'));
  expect(document.components.schemas.CreateTask.properties).toHaveProperty('category');
  expect(document.paths).toHaveProperty('/api/labels');
});
