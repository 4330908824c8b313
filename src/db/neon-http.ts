import { neon } from '@neondatabase/serverless';
import type { Send } from './client.ts';
import type { Columns } from './query.ts';

/** Keeps every value as PostgreSQL's text. */
const types = { getTypeParser: () => (value: string) => value };

/** Sends a statement over HTTP to Neon's SQL endpoint. */
export function sendOverNeonHttp(url: string, ...[{ sql, params }, signal]: Parameters<Send>): Promise<Columns[]> {
  return neon(url).query(sql, params, { arrayMode: true, types, fetchOptions: { signal } });
}
