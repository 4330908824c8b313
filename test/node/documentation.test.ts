import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { project } from './npm-run.ts';

const pages = globSync(['*.md', 'docs/*.md'], { cwd: project });

const commands = new Set([...Object.keys(packageJson.scripts), 'install', 'ci', 'test', 'start']);

/** docs/extending.md makes these. */
const added = /^(src|openapi)\/labels/;

const found = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, match = '']) => match);

describe.each(pages)('%s', (page) => {
  const text = readFileSync(join(project, page), 'utf8');

  test('names only commands that exist', () => {
    const named = found(text, /\bnpm run (?:--silent )?([\w:-]+)/g);
    expect(named.filter((name) => !commands.has(name))).toEqual([]);
  });

  test('names only files and folders that exist', () => {
    const links = found(text, /\]\((?!https?:|#)([^)#\s]+)/g).map((link) => join(dirname(page), link));
    const paths = found(text, /`((?:src|openapi|scripts|test|bench|docs|drizzle|examples)\/[\w./-]*)`/g);
    const missing = [...links, ...paths].filter((path) => !added.test(path) && !existsSync(join(project, path)));
    expect(missing).toEqual([]);
  });
});

const examples = globSync(['examples/nextjs/**/*.ts', 'examples/*/{create-and-list,list-tasks}.ts'], { cwd: project });

test.each(examples)('a page of docs/ quotes %s as it is', (file) => {
  const quoted = `${readFileSync(join(project, file), 'utf8')}\`\`\`\n`;
  expect(pages.some((page) => readFileSync(join(project, page), 'utf8').includes(quoted))).toBe(true);
});

test('README.md fits on a few screens', () => {
  expect(readFileSync(join(project, 'README.md'), 'utf8').split('\n').length).toBeLessThanOrEqual(200);
});
