import { app } from './app.ts';
import { readConfig } from './config.ts';
import { purgeExpiredKeys } from './db/purge.ts';
import type { Bindings } from './http/app-env.ts';
import { describeError } from './http/error-handler.ts';
import { writeLogLine } from './http/request-log.ts';

/** The cron trigger of `wrangler.toml`: removes expired idempotency keys, and logs how many. */
async function scheduled(_: unknown, env: Bindings): Promise<void> {
  const event = 'purge of idempotency keys';
  let removed = 0;
  try {
    for await (const count of purgeExpiredKeys(readConfig(env))) removed += count;
    writeLogLine('info', { event, removed });
  } catch (error) {
    writeLogLine('error', { event, removed, error: describeError(error) });
    throw new Error('the purge failed'); // Marks the event as failed at Cloudflare. Only the log says why.
  }
}

/** The Worker. */
export default { fetch: app.fetch, scheduled };
