import { neon } from '@neondatabase/serverless';
import { fromNeonError } from './errors.ts';
import type { Columns, Send } from './query.ts';

/** Keeps every value as PostgreSQL's text. */
const types = { getTypeParser: () => (value: string) => value };

/** Sends a statement over HTTP to Neon's SQL endpoint. */
export async function sendOverNeonHttp(
  url: string,
  ...[{ sql, params }, signal]: Parameters<Send>
): Promise<Columns[]> {
  try {
    return await neon(url).query(sql, params, { arrayMode: true, types, fetchOptions: { signal } });
  } catch (error) {
    throw fromNeonError(error);
  }
}
