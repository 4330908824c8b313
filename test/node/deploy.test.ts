import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import { expect, onTestFinished, test } from 'vitest';
import { entries } from '../../drizzle/meta/_journal.json';
import { migrateDatabase, withDatabase } from '../../scripts/database.ts';
import { createTables } from '../../src/db/migrations.generated.ts';
import { createDatabase, query } from './database.ts';
import { cloneProject, npmRun, project } from './npm-run.ts';

/** Applies the first migrations alone, as a deployment of that time has. */
async function migrateUpTo(url: string, amount: number): Promise<void> {
  const migrationsFolder = mkdtempSync(join(tmpdir(), 'taskflow-migrations-'));
  onTestFinished(() => rmSync(migrationsFolder, { recursive: true }));
  cpSync(join(project, 'drizzle'), migrationsFolder, { recursive: true });
  const journal = join(migrationsFolder, 'meta/_journal.json');
  const { entries, ...rest } = JSON.parse(readFileSync(journal, 'utf8'));
  writeFileSync(journal, JSON.stringify({ ...rest, entries: entries.slice(0, amount) }));
  await withDatabase(url, (client) => migrate(drizzle(client), { migrationsFolder }));
}

const olderSchemas = entries.slice(1).map(({ tag }, index) => ({ amount: index + 1, tag }));

test.each([
  { by: 'npm run db:migrate', name: 'populated', apply: migrateDatabase },
  { by: 'the Worker', name: 'populated_worker', apply: (url: string) => query(url, createTables) },
])('a populated database of each older schema is migrated by $by, and keeps its rows', async ({ name, apply }) => {
  for (const { amount, tag } of olderSchemas) {
    const url = await createDatabase(`${name}_${amount}`);
    await migrateUpTo(url, amount);
    await query(url, `insert into tasks (user_id, title, description, is_completed) values ('ada', 'Tea', null, true)`);
    await query(url, `insert into idempotency_keys (user_id, key, fingerprint, task_id) values ('ada', 'k', 'f', 1)`);
    const tables = ['tasks', 'idempotency_keys'];
    const before = await Promise.all(tables.map((table) => query(url, `select * from ${table}`)));
    await apply(url);
    for (const [index, table] of tables.entries())
      expect(await query(url, `select * from ${table}`), tag).toMatchObject(before[index] ?? []);
    const recorded = await query(url, 'select created_at from drizzle.__drizzle_migrations order by id');
    expect(recorded.map(({ created_at }) => Number(created_at))).toEqual(entries.map(({ when }) => when));
  }
});

test.each([
  'deploy -- --dry-run',
  'deploy -- --dryRun=true',
  'deploy:staging --dry-run', // npm takes it as an option of its own.
])('npm run %s changes nothing in the database', async (command) => {
  const clone = cloneProject(); // The build replaces `dist`, which other tests use.
  const DATABASE_URL = await createDatabase(`dry_run_${command.length}`);
  const { status, output } = await npmRun(command.split(' '), { DATABASE_URL }, clone).untilExit();
  expect(output).toContain('--dry-run: exiting now.');
  expect(status).toBe(0);
  expect(await query(DATABASE_URL, `select from pg_namespace where nspname = 'drizzle'`)).toEqual([]);
});

test.each([
  ['', 'is not set'],
  ['u:a-password@db.example.com/x', 'is not a PostgreSQL URL'],
  ['postgres://u:a-password@db.example.com/x', 'would send the password without TLS: add sslmode=require'],
])('npm run deploy with the DATABASE_URL "%s" ends before it connects', async (DATABASE_URL, problem) => {
  const result = await npmRun(['deploy'], { DATABASE_URL }).untilExit();
  expect(result).toEqual({ status: 1, output: `DATABASE_URL ${problem}\n` });
});
