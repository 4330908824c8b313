import { createMiddleware } from 'hono/factory';
import type { AppEnv } from './app-env.ts';

/** In bytes. */
const BUFFER_SIZE = 65_536;

/** Reads what a refused request left of its body: the runtime would break the connection, and the response be lost. */
export const readUnreadBody = createMiddleware<AppEnv>(async function readUnreadBody(c, next) {
  await next();
  const { body } = c.req.raw;
  if (body && !body.locked) await discard(body.getReader({ mode: 'byob' })).catch(() => {});
});

async function discard(reader: ReadableStreamBYOBReader): Promise<void> {
  let chunk = await reader.read(new Uint8Array(BUFFER_SIZE));
  while (!chunk.done) chunk = await reader.read(new Uint8Array(chunk.value.buffer));
}
