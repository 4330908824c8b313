import { inject } from 'vitest';
import { withDatabase } from '../../scripts/database.ts';

/** Creates a database beside the tests' own. @returns its URL. */
export async function createDatabase(name: string): Promise<string> {
  await query(inject('databaseUrl'), `create database ${name}`);
  return new URL(`/${name}`, inject('databaseUrl')).href;
}

/** @returns the rows of a statement, on a connection of its own. */
export async function query(url: string, sql: string, values?: unknown[]): Promise<Record<string, unknown>[]> {
  return withDatabase(url, async (client) => (await client.query(sql, values)).rows);
}
