import type { Config } from '../config.ts';
import { openDatabase } from './client.ts';
import { deleteExpiredKeys } from './queries.generated.ts';

const BATCH_SIZE = 1_000;

/**
 * Removes idempotency keys that are older than 30 days, in batches.
 *
 * @yields the size of each batch.
 * @throws {DatabaseError}
 */
export async function* purgeExpiredKeys(config: Config): AsyncGenerator<number, void, void> {
  for (let count = BATCH_SIZE; count === BATCH_SIZE; ) {
    const removed = await openDatabase(config)(deleteExpiredKeys({ batchSize: BATCH_SIZE }));
    count = removed.length;
    yield count;
  }
}
