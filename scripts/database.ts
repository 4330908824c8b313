import { resolve } from 'node:path';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import pg from 'pg';
import { databaseUrlProblem, forPg } from '../src/config-rules.ts';

/** Milliseconds. A suspended Neon compute takes up to four seconds to start. */
const CONNECT_TIMEOUT = 10_000;

// `pg` would let PGSSLMODE, PGOPTIONS and others change connections whose URL says all.
for (const name of Object.keys(process.env)) if (name.startsWith('PG')) delete process.env[name];

const migrationsFolder = resolve(import.meta.dirname, '../drizzle');

/**
 * @param isProduction refuses a URL that would send a password over a network without TLS.
 * @throws {Error} if the environment has no `DATABASE_URL`, or none that can work.
 */
export function requireDatabaseUrl(isProduction = false): string {
  const url = process.env.DATABASE_URL?.trim();
  if (!url) throw new Error('DATABASE_URL is not set');
  requireUsable(url, isProduction);
  return url;
}

function requireUsable(url: string, isProduction: boolean): void {
  const withoutFiles = url.replaceAll(/\b(sslrootcert|sslcert|sslkey)=[^&]*/g, ''); // Node can read them.
  const problem = databaseUrlProblem(toPgUrl(withoutFiles), isProduction);
  if (problem) throw new Error(`DATABASE_URL ${problem}`);
}

/** As the Worker gives it to `pg`, which treats `require` as `verify-full`, and prints nine lines of warning about it. */
const toPgUrl = (url: string) => forPg(url).replace(/\bsslmode=require\b/, 'sslmode=verify-full');

/** Connects to the database at `url` while `use` runs. */
export async function withDatabase<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: toPgUrl(url), connectionTimeoutMillis: CONNECT_TIMEOUT });
  client.on('error', () => {}); // A lost connection also rejects the statement that waits for it.
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

/**
 * Migrates a database to the newest schema.
 *
 * @throws {Error} if the URL cannot work, or a table stays locked: while the migration waits, no request could use it.
 */
export async function migrateDatabase(url: string): Promise<void> {
  requireUsable(url, false);
  await withDatabase(url, async (client) => {
    await client.query("set lock_timeout = '3s'");
    await migrate(drizzle(client), { migrationsFolder });
  });
}
