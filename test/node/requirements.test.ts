import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { findProblems, testedIds, withTests } from '../../scripts/requirements.ts';

const read = (file: string) => readFileSync(resolve(import.meta.dirname, '../..', file), 'utf8');
const markdown = read('docs/requirements.md');

test('every requirement is covered, and tests name no others', () => {
  expect(findProblems(markdown, testedIds(), read('README.md'))).toEqual([]);
});

test('docs/requirements.md is what npm run docs:requirements writes', () => {
  const written = withTests(markdown, testedIds());
  expect(markdown, 'docs/requirements.md is out of date: run npm run docs:requirements').toBe(written);
});

test('a requirement without a test, an unknown id and a broken link are found', () => {
  const rows = '| S1 US4.5 | x |  |  |\n| S1 EC4 | x |  |  |\n| S1 DoD1 | x |  | [a](../README.md#b-c) |\n';
  const tested = new Map([
    ['S1 EC4', ['test/a.test.ts']],
    ['S1 FR-999', ['test/a.test.ts', 'test/b.test.ts']],
  ]);
  expect(findProblems(rows, tested, '# B\n')).toEqual([
    'S1 US4.5 is not covered',
    'test/a.test.ts, test/b.test.ts names S1 FR-999, which does not exist',
    'README.md has no heading #b-c',
  ]);
  expect(withTests(rows, tested)).toContain('| S1 EC4 | x | [a](../test/a.test.ts) |  |');
});
