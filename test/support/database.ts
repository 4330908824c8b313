import { neon } from '@neondatabase/serverless';
import { inject, vi } from 'vitest';
import { NEON_API_HOST, neonUrl } from './neon-host.ts';

/** Keeps every value as PostgreSQL's text. */
const types = { getTypeParser: () => (value: string) => value };

/** Asks PostgreSQL itself, past the API, over HTTP whatever the transport of the tests is. */
export async function query(sql: string, params: unknown[] = [], database = new URL(inject('databaseUrl')).pathname) {
  const url = new URL(database, neonUrl(inject('databaseUrl'))).href;
  return neon(url).query(sql, params, { types });
}

/** Creates a database that no other test uses. @returns its name. */
export async function createDatabase(): Promise<string> {
  const name = `test_${crypto.randomUUID().replaceAll('-', '')}`;
  await query(`create database ${name}`);
  return name;
}

/**
 * Creates tasks as no client could: at one instant, numbered from 1, every other one completed.
 *
 * @param title comes before the number.
 * @returns their titles, newest first.
 */
export async function insertTasks(user: string, amount: number, title = 'task ', description: string | null = null) {
  const sql = `insert into tasks (user_id, title, description, is_completed)
    select $1, $2 || n, $3, n % 2 = 0 from generate_series(1, ${amount}) as n`;
  await query(sql, [user, title, description]);
  return Array.from({ length: amount }, (_, i) => `${title}${amount - i}`);
}

const originalFetch = globalThis.fetch;

/**
 * Records what the database returns to the Worker, one entry per statement. Over Neon HTTP alone: there the Worker and
 * the test share `fetch`, and a statement is a request.
 *
 * @param afterFirst runs between the first statement and whatever follows it.
 */
export function recordStatements(afterFirst: () => Promise<unknown> = async () => {}): string[] {
  const responses: string[] = [];
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const response = await originalFetch(input, init);
    if (new URL(input instanceof Request ? input.url : input).hostname !== NEON_API_HOST) return response;
    const text = await response.text();
    if (responses.push(text) === 1) await afterFirst();
    return new Response(text, response);
  });
  return responses;
}
