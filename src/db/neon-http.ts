import { neon } from '@neondatabase/serverless';
import { fromNeonError } from './errors.ts';
import { type Columns, textTypes as types } from './query.ts';

/** Sends a statement over HTTP to Neon's SQL endpoint. */
export async function send(url: string, sql: string, params: unknown[], signal: AbortSignal): Promise<Columns[]> {
  try {
    return await neon(url).query(sql, params, { arrayMode: true, types, fetchOptions: { signal } });
  } catch (error) {
    throw fromNeonError(error);
  }
}
