import { resolve } from 'node:path';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import pg from 'pg';

/** Milliseconds to wait for a connection; a Neon database that sleeps wakes within a second or two. */
const CONNECT_TIMEOUT = 10_000;

/**
 * The database that a command is for.
 *
 * @throws {Error} saying how to name it, where the environment names none.
 */
export function databaseUrlOf(command: string): string {
  const url = process.env.DATABASE_URL;
  if (!url) throw new Error(`DATABASE_URL is not set. Name the database: DATABASE_URL='postgresql://…' ${command}`);
  return url;
}

/**
 * Connects to the database at `url` for as long as `use` takes.
 *
 * @throws {Error} saying in one line, without the password, what to do, where that database cannot be used.
 */
export async function withDatabase<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ ...parsed(url), connectionTimeoutMillis: CONNECT_TIMEOUT });
  client.on('error', () => {}); // A connection that breaks also fails the statement under way, which reports it.
  await client.connect().catch((error) => {
    throw new Error(explainFailure(error, new URL(url)));
  });
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

/**
 * Brings a database to the newest schema.
 *
 * @throws {Error} saying in one line why it cannot be.
 */
export async function migrateDatabase(url: string): Promise<void> {
  await withDatabase(url, async (client) => {
    try {
      await migrate(drizzle(client), { migrationsFolder: resolve(import.meta.dirname, '../drizzle') });
    } catch (error) {
      const { message } = error instanceof Error && error.cause instanceof Error ? error.cause : (error as Error);
      throw new Error(`The tables could not be brought to the newest schema: ${message.split('\n')[0]}`);
    }
  });
}

/** `sslmode=require` means `verify-full` to `pg`, which warns of it in nine lines unless it is called that. */
function parsed(url: string): pg.ClientConfig {
  const isPostgres = URL.canParse(url) && /^postgres(ql)?:$/.test(new URL(url).protocol);
  if (!isPostgres)
    throw new Error(
      'DATABASE_URL is not a connection string: it must look like postgresql://user:password@host/database',
    );
  return { connectionString: url.replace(/\bsslmode=(prefer|require|verify-ca)\b/, 'sslmode=verify-full') };
}

function explainFailure(error: Error & { code?: string }, { hostname, port, username, pathname }: URL): string {
  const host = `${hostname}:${port || 5432}`;
  const causes: Record<string, string> = {
    ECONNREFUSED: `nothing listens at ${host}: start PostgreSQL there, or correct the address`,
    ENOTFOUND: `there is no host ${hostname}`,
    EAI_AGAIN: `the host ${hostname} could not be looked up: is there a network?`,
    '28P01': `${host} refuses the user "${decodeURIComponent(username)}" with this password`,
    '3D000': `${host} has no database "${decodeURIComponent(pathname.slice(1))}": create it first`,
  };
  const cause = causes[error.code ?? ''] ?? `${host} says: ${error.message.split('\n')[0]}`;
  return `The database of DATABASE_URL cannot be used: ${cause}`;
}
