import type { Config } from '../config.ts';
import { openDatabase } from './client.ts';
import { deleteExpiredKeys } from './queries.generated.ts';

const BATCH_SIZE = 1_000;

/**
 * Removes idempotency keys that are older than 30 days.
 *
 * @returns how many.
 * @throws {DatabaseError}
 */
export async function purgeExpiredKeys(config: Config, waitUntil: ExecutionContext['waitUntil']): Promise<number> {
  for (let total = 0; ; ) {
    const [row] = await openDatabase(config, waitUntil)(deleteExpiredKeys({ batchSize: BATCH_SIZE }));
    const count = Number(row?.count ?? 0);
    total += count;
    if (count < BATCH_SIZE) return total;
  }
}
