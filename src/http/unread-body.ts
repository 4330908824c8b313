import { createMiddleware } from 'hono/factory';
import type { AppEnv } from './app-env.ts';

/** Bytes that are read at a time: the cost depends on them, not on the client's chunks. */
const BUFFER_SIZE = 16_384;

/** Milliseconds after which a client that has not sent its body gets its response all the same. */
const MAX_WAIT = 4_000;

/** Reads what a request left of its body. Otherwise the runtime breaks the connection, and the response may be lost. */
export const readUnreadBody = createMiddleware<AppEnv>(async function readUnreadBody(c, next) {
  await next();
  const { body } = c.req.raw;
  if (!body || body.locked) return;
  const discarded = discard(body.getReader({ mode: 'byob' })).catch(() => {});
  await Promise.race([discarded, new Promise((resolve) => setTimeout(resolve, MAX_WAIT))]);
});

async function discard(reader: ReadableStreamBYOBReader): Promise<void> {
  let chunk = await reader.readAtLeast(BUFFER_SIZE, new Uint8Array(BUFFER_SIZE));
  while (!chunk.done) chunk = await reader.readAtLeast(BUFFER_SIZE, new Uint8Array(chunk.value.buffer));
}
