import { spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import type { SourceQuery } from '../src/db/query-builder.ts';

const root = resolve(import.meta.dirname, '..');

/** Any number that no other program uses for an advisory lock in the same database. */
const LOCK = 7_246_353;

const queryFiles = globSync('src/*/queries.ts', { cwd: root });

/** The files that `npm run db:generate` writes, each with the function that returns its content. */
export const generatedFiles: Record<string, () => string | Promise<string>> = {
  'src/db/migrations.generated.ts': migrationsModule,
  ...Object.fromEntries(queryFiles.map((file) => [file.replace('.ts', '.generated.ts'), () => queriesModule(file)])),
  'examples/hono-client/taskflow-api.d.ts': clientTypes,
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

/** The SQL of the queries in a file, so that no Worker loads Drizzle. */
async function queriesModule(file: string): Promise<string> {
  const queries: Record<string, SourceQuery<object, unknown>> = await import(join(root, file));
  // Node sorts the names of a namespace, Vitest does not.
  const sorted = Object.entries(queries).sort(([a], [b]) => (a < b ? -1 : 1));
  const functions = sorted.map(
    ([name, { sql, params, columns }]) => `
export const ${name}: Query<typeof source.${name}> = ({ ${params.join(', ')} }) => ({
  sql: \`${sql.replaceAll(/\s+/g, ' ')}\`,
  params: { ${params.join(', ')} },
  toRow: ([${columns.join(', ')}]) => ({ ${columns.join(', ')} }),
});
`,
  );
  return `// Written by npm run db:generate from queries.ts.
import type { Query } from '../db/query.ts';
import type * as source from './queries.ts';
${functions.join('')}`;
}

/** The types of the API's routes for Hono's client `hc`, in one file that needs nothing but `hono`. */
function clientTypes(): string {
  if (!existsSync(join(root, 'worker-configuration.d.ts'))) spawnSync('npx', ['wrangler', 'types'], { cwd: root });
  const folder = mkdtempSync(join(root, 'node_modules/.types-'));
  const tsc = 'tsc -p tsconfig.worker.json --noEmit false --declaration --emitDeclarationOnly --rootDir src --outDir';
  spawnSync('npx', [...tsc.split(' '), folder], { cwd: root }); // `npm run types` shows errors.
  const declarations = readFileSync(join(folder, 'app.d.ts'), 'utf8');
  rmSync(folder, { recursive: true });
  const types = declarations
    .replace("import type { AppEnv } from './http/app-env.ts';", "type AppEnv = import('hono').Env;")
    .replace(/^import .*\n|^export declare const app.*\n/gm, '');
  if (/['"]\.\.?\//.test(types)) throw new Error('the types of the routes import a file of ours');
  return `// Written by npm run db:generate from src/app.ts.\n${types}`;
}

if (import.meta.main) {
  for (const [path, generate] of Object.entries(generatedFiles)) writeFileSync(resolve(root, path), await generate());
}
