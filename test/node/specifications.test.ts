import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { findProblems, withTable } from '../../scripts/specification-table.ts';

const readme = readFileSync(resolve(import.meta.dirname, '../../README.md'), 'utf8');

test('each requirement of the four specifications is tested, or answered otherwise; and each id that a test names is one', () => {
  expect(findProblems()).toEqual([]);
});

test('the README’s tables of the specifications are what npm run docs:coverage writes', () => {
  expect(readme).toBe(withTable(readme));
});

test('a requirement that no test names, and a name that is no requirement’s, are found', () => {
  const problems = findProblems(new Map([['S1 FR-999', ['test/x.test.ts']]]));
  expect(problems).toContain('S1 US4.5 has neither a test nor an answer');
  expect(problems).toContain('S1 EC4 has neither a test nor an answer');
  expect(problems).toContain('test/x.test.ts names S1 FR-999: there is none');
  expect(problems.join()).not.toContain('OS-001');
});
