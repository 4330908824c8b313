import { waitUntil } from 'cloudflare:workers';
import type { Config } from '../config.ts';
import { openDatabase } from './client.ts';
import { DatabaseError, wrongEncoding } from './errors.ts';
import { selectReadiness } from './queries.generated.ts';

/** Milliseconds for which a result is reused, so that frequent checks cost the database nothing. */
const MAX_AGE = 5_000;

const checks = new WeakMap<Config, { startedAt: number; result: Promise<void> }>();

/**
 * Whether the database responds, and has our tables in UTF-8. Asked at most once per `MAX_AGE` and isolate.
 *
 * @throws {DatabaseError}
 */
export function checkReadiness(config: Config): Promise<void> {
  const last = checks.get(config);
  const age = Date.now() - (last?.startedAt ?? 0);
  if (last && age >= 0 && age < MAX_AGE) return last.result;
  const result = check(config);
  checks.set(config, { startedAt: Date.now(), result });
  waitUntil(result.catch(() => {})); // Others wait for it, whether or not this client hangs up.
  return result;
}

/** A missing column or privilege is a 500 elsewhere. Here it means "not ready": 503. */
async function check(config: Config): Promise<void> {
  const run = openDatabase(config);
  const [row] = await run(selectReadiness({})).catch((error: DatabaseError) => {
    throw new DatabaseError({ ...error.meaning, transient: true }, error.codes);
  });
  if (row?.encoding !== 'UTF8') throw new DatabaseError({ ...wrongEncoding, transient: true });
}
