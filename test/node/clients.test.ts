import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';

const project = resolve(import.meta.dirname, '../..');
const example = `${project}/examples/openapi-typescript`;

/** Inside the project, for the packages that the example imports. */
const folder = `${project}/dist/openapi-typescript`;

const options = {
  strict: true,
  noEmit: true,
  target: 'ES2024',
  lib: ['ES2024', 'DOM', 'DOM.Iterable'],
  module: 'ESNext',
  moduleResolution: 'Bundler',
  allowImportingTsExtensions: true,
  types: [],
};

/** A use that every rule of the document refuses. */
const wrong = `import type { paths } from './api.ts';
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
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const args = ['openapi-typescript', `${project}/dist/assets/openapi.json`, '--output', `${folder}/api.ts`];
  execFileSync('npx', args, { cwd: example, stdio: 'pipe' });
  expect(readFileSync(`${folder}/api.ts`, 'utf8')).toContain('"/api/{user_id}/tasks/{id}/complete"');
  copyFileSync(`${example}/list-tasks.ts`, `${folder}/list-tasks.ts`);
  writeFileSync(`${folder}/wrong.ts`, wrong);
  writeFileSync(`${folder}/tsconfig.json`, JSON.stringify({ compilerOptions: options, include: ['*.ts'] }));
  const compile = () => execFileSync('npx', ['tsc', '-p', folder], { cwd: project, encoding: 'utf8' });
  expect(compile()).toBe('');
}, 60_000);

test.each(['typed-client.ts', 'openapi-typescript/list-tasks.ts'])(
  'docs/clients.md quotes examples/%s as it is',
  (file) => {
    const code = readFileSync(`${project}/examples/${file}`, 'utf8').trim();
    const isQuoted = readFileSync(`${project}/docs/clients.md`, 'utf8').includes(`\`\`\`ts\n${code}\n\`\`\``);
    expect(isQuoted).toBe(true);
  },
);
