import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { specifications } from '../test/specifications/index.ts';
import { namedRequirements } from '../test/specifications/named.ts';
import type { Answer, Requirement } from '../test/specifications/types.ts';

const root = resolve(import.meta.dirname, '..');
const read = (file: string) => readFileSync(resolve(root, file), 'utf8');

const START = '<!-- Written by npm run docs:coverage. -->';
const END = '<!-- The end of what npm run docs:coverage writes. -->';

const INTRODUCTION = `## What the specifications ask

The API was built from four specifications, which overlap and in places contradict each other. Each requirement is held by
tests that name its id (so many tests, or tables of tests), or answered as its row says. \`npm run docs:coverage\` writes
these tables; a test compares them with the names of all tests, and fails where an id is unknown or unanswered.`;

const parts = (requirement: Requirement): [string, ...Answer[]] =>
  typeof requirement === 'string' ? [requirement] : requirement;

const all = Object.entries(specifications).flatMap(([name, { requirements }]) =>
  Object.entries(requirements).map(([id, requirement]) => ({
    id: `${name} ${id}`,
    answers: parts(requirement).slice(1) as Answer[],
  })),
);

/** @returns what is wrong with the answers to the specifications, the table left aside; nothing where all is well. */
export function findProblems(named = namedRequirements()): string[] {
  const known = new Set(all.map(({ id }) => id));
  const headings = new Set([...read('README.md').matchAll(/^#+ (.*)$/gm)].map(([, heading]) => heading));
  const { goals } = JSON.parse(read('bench/results.json')) as { goals: { name: string; met: boolean }[] };
  const holds = (answer: Answer): boolean => {
    if ('benchmark' in answer) return goals.some(({ name, met }) => name.includes(answer.benchmark) && met);
    if ('documentation' in answer) return headings.has(answer.documentation);
    return !('same' in answer) || known.has(answer.same);
  };
  const answered = ({ id, answers }: (typeof all)[number]) =>
    named.has(id) || answers.some((answer) => !('settled' in answer));
  return [
    ...all.filter((each) => !answered(each)).map(({ id }) => `${id} has neither a test nor an answer`),
    ...all.flatMap(({ id, answers }) =>
      answers.filter((answer) => !holds(answer)).map((answer) => `${id}: ${JSON.stringify(answer)} does not hold`),
    ),
    ...[...named].filter(([id]) => !known.has(id)).map(([id, files]) => `${files.join()} names ${id}: there is none`),
  ];
}

/** @returns the README with its table as it should be. */
export function withTable(readme: string, named = namedRequirements()): string {
  const [before, rest] = readme.split(START);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`README.md must hold ${START} and ${END}`);
  const sections = Object.keys(specifications).map((name) => section(name, named));
  return [before + START, INTRODUCTION, ...sections, END + after].join('\n\n');
}

function section(name: string, named: Map<string, string[]>): string {
  const { title, requirements } = specifications[name] ?? { title: '', requirements: {} };
  const ids = Object.keys(requirements);
  const tested = ids.filter((id) => named.has(`${name} ${id}`)).length;
  const rows = Object.entries(requirements).map(([id, requirement]) => {
    const [asks, ...answers] = parts(requirement);
    const files = named.get(`${name} ${id}`) ?? [];
    const status = [...(files.length > 0 ? [`tested ${files.length}×`] : []), ...answers.map(told)];
    const where = [...[...new Set(files)].map(link), ...answers.flatMap(place)];
    return `| ${id} | ${asks} | ${status.join('; ')} | ${where.join(', ')} |`;
  });
  return `<details><summary>${name} “${title}”: ${ids.length} requirements, ${tested} of them tested</summary>

| id | what it asks | status | where |
| --- | --- | --- | --- |
${rows.join('\n')}

</details>`;
}

function told(answer: Answer): string {
  if ('benchmark' in answer) return 'benchmark';
  if ('documentation' in answer) return 'documentation';
  if ('same' in answer) return `the same as ${answer.same}`;
  return 'settled' in answer ? `settled: ${answer.settled}` : `not applicable: ${answer.notApplicable}`;
}

function place(answer: Answer): string[] {
  if ('benchmark' in answer) return ['[bench](bench/results.json)'];
  if ('documentation' in answer) return [`[${answer.documentation}](#${slug(answer.documentation)})`];
  return [];
}

const link = (file: string) => `[${file.replace(/^test\/|(\.test)?\.ts$/g, '')}](${file})`;

/** The anchor that GitHub gives a heading. */
const slug = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\w -]/g, '')
    .replaceAll(' ', '-');

if (import.meta.main) writeFileSync(resolve(root, 'README.md'), withTable(read('README.md')));
