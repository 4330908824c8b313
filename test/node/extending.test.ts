import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sign } from 'hono/jwt';
import { expect, onTestFinished, test } from 'vitest';
import { startWorkerd } from '../support/workerd.ts';
import { createDatabase } from './database.ts';
import { cloneProject, npmRun, project } from './npm-run.ts';

/** Those that a new field or resource is most likely to break. They run as the least-privilege role. */
const names = ['database-preconditions', 'failure-reasons', 'openapi', 'openapi-statuses', 'tasks', 'updates'];
const tests = names.map((name) => `test/${name}.test.ts`);

const SECRET = 'a-secret-of-the-tests-of-docs-extending-7c';

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

async function startExtended(folder: string) {
  const DATABASE_URL = await createDatabase('extended');
  const bindings = { DATABASE_URL, BETTER_AUTH_SECRET: SECRET };
  const worker = await startWorkerd({ folder, name: 'extended', bindings });
  onTestFinished(worker.stop);
  const token = await sign({ sub: 'user', exp: Math.floor(Date.now() / 1000) + 600 }, SECRET, 'HS256');
  return async (method: string, path: string, body?: object, headers: Record<string, string> = {}) => {
    const all = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', ...headers };
    const init = { method, headers: all, ...(body && { body: JSON.stringify(body) }) };
    const response = await fetch(worker.url + path, init);
    return { status: response.status, json: (await response.json()) as any };
  };
}

test('docs/extending.md adds a field and a resource that work, and checks and tests pass', async () => {
  const clone = cloneProject();
  follow(clone);
  for (const script of [['db:generate'], ['lint'], ['types'], ['test', '--', '--project=neon', ...tests]]) {
    const { status, output } = await npmRun(script, {}, clone).untilExit();
    expect(status, output).toBe(0);
  }
  const call = await startExtended(join(clone, 'dist/tested')); // The tests have built it.

  const key = { 'Idempotency-Key': 'k' };
  const created = await call('POST', '/api/tasks', { title: 'x', category: 'home' }, key);
  expect(created).toMatchObject({ status: 201, json: { title: 'x', category: 'home', description: null } });
  expect((await call('POST', '/api/tasks', { title: 'x', category: 'work' }, key)).status).toBe(422);
  const path = `/api/tasks/${created.json.id}`;
  expect((await call('PATCH', path, { title: 'y' })).json).toMatchObject({ title: 'y', category: 'home' });
  expect((await call('PATCH', path, { category: null })).json).toMatchObject({ title: 'y', category: null });
  expect((await call('POST', '/api/tasks', { title: 'x', category: 'x'.repeat(51) })).status).toBe(422);
  expect((await call('POST', '/api/tasks', { title: 'z' })).json).toMatchObject({ category: null });
  expect((await call('GET', '/api/tasks')).json).toMatchObject([{ title: 'z' }, { title: 'y', category: null }]);

  expect(await call('POST', '/api/labels', { name: 'home' })).toEqual({ status: 201, json: { id: 1, name: 'home' } });
  expect((await call('POST', '/api/labels', { name: '' })).status).toBe(422);
  expect((await call('GET', '/api/labels')).json).toEqual([{ id: 1, name: 'home' }]);
  const document = JSON.parse(readFileSync(join(clone, 'dist/assets/openapi.json'), 'utf8'));
  expect(document.components.schemas.CreateTask.properties).toHaveProperty('category');
  expect(document.paths).toHaveProperty('/api/labels');
});
