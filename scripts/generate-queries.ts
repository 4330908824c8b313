import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import type { SourceQuery } from '../src/db/query-builder.ts';

const root = resolve(import.meta.dirname, '..');

/** Every `queries.ts` of `src/`, with the file that its SQL belongs in. */
export function generatedQueries(): { path: string; source: string }[] {
  return globSync('src/*/queries.ts', { cwd: root }).map((source) => ({
    source: resolve(root, source),
    path: resolve(root, source.replace(/\.ts$/, '.generated.ts')),
  }));
}

/** @returns the module that holds the SQL of all queries that `source` exports. */
export async function queryModule(source: string): Promise<string> {
  const queries: Record<string, SourceQuery<object, unknown>> = await import(source);
  const compiled = Object.entries(queries).map(
    ([name, { sql, params, columns, isRead }]) => `
export const ${name} = compiled<typeof source.${name}>({
  sql: \`${sql.replaceAll(/\s+/g, ' ')}\`,
  params: ${JSON.stringify(params)},
  isRead: ${isRead},
  toRow: ([${columns.join(', ')}]) => ({ ${columns.join(', ')} }),
});
`,
  );
  return `// Written by npm run db:generate from ${basename(source)}.
import { compiled } from '../db/query.ts';
import type * as source from './${basename(source)}';
${compiled.join('')}`;
}

if (import.meta.main) {
  for (const { path, source } of generatedQueries()) writeFileSync(path, await queryModule(source));
}
