import { globSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseAst } from 'vitest/node';

const root = resolve(import.meta.dirname, '../..');

/** Where requirements are told of, and not tested. */
const exclude = ['test/specifications/**', 'test/node/specifications.test.ts'];

/** What names a requirement: `S1 US4.5`, `S0 EC2`, `S3 FR-003`. */
const ID = /\bS\d [A-Z]+[a-z]*[A-Z]*-?\d+(?:\.\d+)?/g;

type Node = Record<string, unknown>;

/**
 * The requirements that tests name, and for each the files that do, one entry per name. They are read from the
 * sources, so that it matters neither which tests have run nor in which order: from all strings and templates,
 * since a name may come from a table of `test.each`; but not from comments, nor from what is skipped.
 */
export function namedRequirements(): Map<string, string[]> {
  const named = new Map<string, string[]>();
  for (const file of globSync('test/**/*.ts', { cwd: root, exclude }).sort()) {
    const source = readFileSync(resolve(root, file), 'utf8');
    for (const text of strings(parseAst(source, { lang: 'ts' }), source)) {
      for (const id of new Set(text.match(ID))) named.set(id, [...(named.get(id) ?? []), file]);
    }
  }
  return named;
}

function* strings(node: unknown, source: string): Generator<string> {
  if (Array.isArray(node)) for (const each of node) yield* strings(each, source);
  else if (typeof node === 'object' && node !== null && !isSkipped(node as Node, source)) {
    const { type, value } = node as { type?: string; value?: string | { cooked: string } };
    if (type === 'Literal' && typeof value === 'string') yield value;
    else if (type === 'TemplateElement' && typeof value === 'object') yield value.cooked;
    else for (const child of Object.values(node)) yield* strings(child, source);
  }
}

function isSkipped({ type, callee }: Node, source: string): boolean {
  if (type !== 'CallExpression') return false;
  const { start, end } = callee as { start: number; end: number };
  return /^(describe|test|it)\b[\s\S]*?\.(skip|todo|fails)\b/.test(source.slice(start, end));
}
