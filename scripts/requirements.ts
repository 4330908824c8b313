import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const path = resolve(root, 'docs/requirements.md');

/** The ids at the end of a string: `… [S1 FR-011, S0 FR-002]'`. */
const IDS = / \[(S\d [^\]]*)\](?=['"`])/g;

/** The ids that the tests' names have, each with the files of these tests. Read from the sources: no test runs. */
export function testedIds(): Map<string, string[]> {
  const tested = new Map<string, string[]>();
  for (const file of globSync('test/**/*.ts', { cwd: root }).sort()) {
    const matches = readFileSync(resolve(root, file), 'utf8').matchAll(IDS);
    const ids = new Set([...matches].flatMap(([, list = '']) => list.split(', ')));
    for (const id of ids) tested.set(id, [...(tested.get(id) ?? []), file]);
  }
  return tested;
}

/** The document with its third column, which links the tests, up to date. */
export function withTests(markdown: string, tested: Map<string, string[]>): string {
  return markdown.replace(/^(\| (S\d \S+) \|[^|]*\|)[^|]*/gm, (_, row, id) => {
    const links = (tested.get(id) ?? []).map((file) => `[${basename(file, '.ts').replace('.test', '')}](../${file})`);
    return `${row} ${links.join(', ')} `;
  });
}

/** What is wrong with the document, each in one line. */
export function findProblems(markdown: string, tested: Map<string, string[]>, readme: string): string[] {
  const rows = [...markdown.matchAll(/^\| (S\d \S+) \|[^|]*\|[^|]*\|([^|]*)\|$/gm)];
  const ids = new Set(rows.map(([, id = '']) => id));
  const anchors = [...readme.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => anchorOf(heading));
  const links = [...markdown.matchAll(/README\.md#([\w-]+)/g)].map(([, anchor = '']) => anchor);
  return [
    ...rows.flatMap(([, id = '', note]) => (tested.has(id) || note?.trim() ? [] : [`${id} is not covered`])),
    ...[...tested].flatMap(([id, files]) =>
      ids.has(id) ? [] : [`${files.join(', ')} names ${id}, which does not exist`],
    ),
    ...new Set(links.filter((link) => !anchors.includes(link)).map((link) => `README.md has no heading #${link}`)),
  ];
}

const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\w -]/g, '')
    .replaceAll(' ', '-');

if (import.meta.main) writeFileSync(path, withTests(readFileSync(path, 'utf8'), testedIds()));
