import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import * as databaseQueries from '../src/db/queries.ts';
import type { SourceQuery } from '../src/db/query-builder.ts';
import * as taskQueries from '../src/tasks/queries.ts';

const root = resolve(import.meta.dirname, '..');

/** Any number that no other program uses for an advisory lock in the same database. */
const LOCK = 7_246_353;

/** The files that `npm run db:generate` writes, each with the function that returns its content. */
export const generatedFiles = {
  'src/db/migrations.generated.ts': migrationsModule,
  'src/db/queries.generated.ts': () => queriesModule(databaseQueries),
  'src/tasks/queries.generated.ts': () => queriesModule(taskQueries),
};

/**
 * The migrations in `drizzle/` as one statement, with which the Worker creates its tables (S1 FR-016). It applies each
 * migration once, however many Workers send it at the same time, and records it as Drizzle's migrator does.
 */
function migrationsModule(): string {
  const steps = readMigrationFiles({ migrationsFolder: resolve(root, 'drizzle') }).map(
    ({ sql, hash, folderMillis }) => `
  if not exists (select from drizzle.__drizzle_migrations where created_at >= ${folderMillis}) then
${sql.map((statement) => `${statement.trim().replace(/;$/, '')};`).join('\n')}
    insert into drizzle.__drizzle_migrations (hash, created_at) values ('${hash}', ${folderMillis});
  end if;`,
  );
  const statement = `do $migrate$ begin
  perform pg_advisory_xact_lock(${LOCK});
  create schema if not exists drizzle;
  create table if not exists drizzle.__drizzle_migrations (id serial primary key, hash text not null, created_at bigint);
${steps.join('\n')}
end $migrate$`;
  const literal = statement.replaceAll('\\', '\\\\').replaceAll('`', '\\`').replaceAll('${', '\\${');
  return `// Written by npm run db:generate from the migrations in drizzle/.\nexport const createTables = \`${literal}\`;\n`;
}

/** The SQL of the queries, so that no Worker loads Drizzle. */
function queriesModule(queries: Record<string, SourceQuery<object, unknown>>): string {
  // Node sorts the names of a namespace, Vitest does not.
  const sorted = Object.entries(queries).sort(([a], [b]) => (a < b ? -1 : 1));
  const compiled = sorted.map(
    ([name, { sql, params, columns, isRead }]) => `
export const ${name} = compiled<typeof source.${name}>({
  sql: \`${sql.replaceAll(/\s+/g, ' ')}\`,
  params: ${JSON.stringify(params)},
  isRead: ${isRead},
  toRow: ([${columns.join(', ')}]) => ({ ${columns.join(', ')} }),
});
`,
  );
  return `// Written by npm run db:generate from queries.ts.
import { compiled } from '../db/query.ts';
import type * as source from './queries.ts';
${compiled.join('')}`;
}

if (import.meta.main) {
  for (const [path, generate] of Object.entries(generatedFiles)) writeFileSync(resolve(root, path), generate());
}
