import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';

const project = resolve(import.meta.dirname, '../..');
const examples = `${project}/examples`;

/** What a frontend has, such as one that `create-next-app` made. */
const compilerOptions = {
  strict: true,
  skipLibCheck: true,
  noEmit: true,
  target: 'ES2022',
  lib: ['dom', 'dom.iterable', 'es2022'],
  module: 'ESNext',
  moduleResolution: 'Bundler',
  isolatedModules: true,
  types: [],
};

/** Makes a package inside the project, for the packages that its files import. */
function makePackage(name: string, files: Record<string, string>): string {
  const folder = `${project}/dist/${name}`;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [file, content] of Object.entries(files)) writeFileSync(`${folder}/${file}`, content);
  writeFileSync(`${folder}/tsconfig.json`, JSON.stringify({ compilerOptions, include: ['*.ts'] }));
  return folder;
}

/** Compiles with the TypeScript of frontends. @returns what the compiler printed. */
function compile(folder: string): string {
  const options = { cwd: `${examples}/openapi-typescript`, encoding: 'utf8' } as const;
  const { stdout, stderr } = spawnSync('npx', ['tsc', '-p', folder], options);
  return stdout + stderr;
}

const readExample = (file: string) => readFileSync(`${examples}/${file}`, 'utf8');

/** A use that every rule of the document refuses. */
const wrong = `import type { paths } from './api';
type Filters = NonNullable<paths['/api/tasks']['get']['parameters']['query']>;
type NewTask = paths['/api/tasks']['post']['requestBody']['content']['application/json'];
// @ts-expect-error no such status
export const filters: Filters = { status: 'urgent' };
// @ts-expect-error a task needs a title
export const untitled: NewTask = { description: null };
// @ts-expect-error there is no such path
export type Missing = paths['/api/nowhere'];
`;

test('openapi-typescript makes types of the document as it is, and the example compiles with them', () => {
  const folder = makePackage('openapi-typescript', {
    'list-tasks.ts': readExample('openapi-typescript/list-tasks.ts'),
    'wrong.ts': wrong,
  });
  const args = ['openapi-typescript', `${project}/dist/assets/openapi.json`, '--output', `${folder}/api.ts`];
  execFileSync('npx', args, { cwd: `${examples}/openapi-typescript`, stdio: 'pipe' });
  expect(readFileSync(`${folder}/api.ts`, 'utf8')).toContain('"/api/{user_id}/tasks/{id}/complete"');
  expect(compile(folder)).toBe('');
});

/** A use that the types of the routes refuse. */
const wrongRoute = `import { hc } from 'hono/client';
import type { App } from './taskflow-api';
const { api } = hc<App>('http://localhost:8000');
// @ts-expect-error there is no such path
api.nowhere.$get();
// @ts-expect-error a title is a string
api.tasks.$post({ json: { title: 1 } });
`;

test('a frontend compiles Hono’s client with the one file of types, and without the Worker', () => {
  const folder = makePackage('hono-client', {
    'create-and-list.ts': readExample('hono-client/create-and-list.ts'),
    'taskflow-api.d.ts': readExample('hono-client/taskflow-api.d.ts'),
    'wrong.ts': wrongRoute,
  });
  expect(compile(folder)).toBe('');
});
