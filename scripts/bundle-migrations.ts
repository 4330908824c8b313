import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { readMigrationFiles } from 'drizzle-orm/migrator';

const root = resolve(import.meta.dirname, '..');

/** Any number, as long as no other program locks the same one in this database. */
const LOCK = 7_246_353;

/**
 * @returns the module that lets the Worker create its tables: the migrations of `drizzle/`, in one statement that
 * applies each once however many Workers send it at the same moment, and records it as Drizzle's migrator does.
 */
export function migrationModule(): string {
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

if (import.meta.main) writeFileSync(resolve(root, 'src/db/migrations.generated.ts'), migrationModule());
