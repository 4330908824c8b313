import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';

/** Built by the tests' global setup, as `wrangler deploy` builds it. */
const folder = resolve(import.meta.dirname, '../../dist/tested');
const modules = readdirSync(folder).filter((file) => file.endsWith('.js'));
const read = (file: string) => readFileSync(resolve(folder, file), 'utf8');

/** The source files of modules, by their source maps. */
const sourcesOf = (files: string[]): string[] => files.flatMap((file) => JSON.parse(read(`${file}.map`)).sources);

test('the Worker contains the SQL of its queries, and neither Drizzle nor the OpenAPI document', () => {
  const sources = sourcesOf(modules);
  expect(sources).toContainEqual(expect.stringMatching(/src\/tasks\/queries\.generated\.ts$/));
  expect(sources.filter((file) => /node_modules\/drizzle|\/openapi\/|queries\.ts$|swagger/.test(file))).toEqual([]);
  expect(modules.map(read).join()).not.toContain('"3.1');
});

test('the entry module contains no database driver: an isolate loads only the one that it needs', () => {
  const drivers = /node_modules\/(@neondatabase|pg|pg-[a-z]+)\//;
  expect(sourcesOf(modules).filter((file) => drivers.test(file))).not.toEqual([]);
  const entry = read('index.js');
  const imported = modules.filter((file) => new RegExp(`(from|import) ?"\\./${file}"`).test(entry));
  expect(sourcesOf(['index.js', ...imported]).filter((file) => drivers.test(file))).toEqual([]);
});

test('the Worker has at most 110 kB, gzip, with both drivers', () => {
  const size = modules.reduce((total, file) => total + gzipSync(read(file)).byteLength, 0);
  expect(size).toBeLessThanOrEqual(110_000);
});
