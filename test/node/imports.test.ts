import { globSync, readFileSync } from 'node:fs';
import { join, normalize, resolve } from 'node:path';
import { expect, test } from 'vitest';

const src = resolve(import.meta.dirname, '../../src');

const RESOURCES = '*';

/** From top to bottom: each file or folder of src/ imports only what stands below it. No resource imports another. */
const ORDER = [
  'index.ts',
  'app.ts',
  RESOURCES,
  'auth',
  'http',
  'db',
  'config.ts',
  'environment.ts',
  'config-rules.ts',
  'network-failure.ts',
];

const top = (file: string) => file.split('/')[0] ?? '';
const rank = (file: string) => ORDER.indexOf(ORDER.includes(top(file)) ? top(file) : RESOURCES);

/** The relative imports of a file, types included. */
function importsOf(file: string): string[] {
  const code = readFileSync(join(src, file), 'utf8');
  return [...code.matchAll(/(?:from|import\() ?'(\.[^']*)'/g)].map(([, path = '']) =>
    normalize(join(file, '..', path)),
  );
}

test('each folder of src/ imports only what stands below it', () => {
  const files = globSync('**/*.ts', { cwd: src });
  const upward = files.flatMap((file) =>
    importsOf(file)
      .filter((imported) => top(imported) !== top(file) && rank(imported) <= rank(file))
      .map((imported) => `${file} imports ${imported}`),
  );
  expect(upward).toEqual([]);
  expect(files.filter((file) => !file.includes('/') && !ORDER.includes(file))).toEqual([]);
});
