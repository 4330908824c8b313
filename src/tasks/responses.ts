import type { Context, TypedResponse } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { entityTag } from '../http/conditional-requests.ts';
import { logStreamError } from '../http/request-log.ts';
import { encodeCursor, type Position } from './cursor.ts';
import { listParameters } from './list-schema.ts';
import type { Page } from './page.ts';
import type { StoredTask } from './repository.ts';
import type { Task } from './task-schema.ts';

/** Tasks in one chunk of a streamed list, at most. */
const CHUNK_SIZE = 1024;

type JsonResponse<T, Status extends ContentfulStatusCode> = Response & TypedResponse<T, Status, 'json'>;

/** Reads a page. Each call is an operation of its own, with its own time limit. */
export type ReadPage = (after: Position | undefined, limit: number) => Promise<Page>;

/** Sends a task with its entity tag. */
export function sendTask<Status extends 200 | 201>(c: Context, { version, json }: StoredTask, status: Status) {
  c.header('ETag', entityTag(version));
  return sendJson<Task, Status>(c, json, status);
}

/** Sends the entity tag alone (RFC 9110 §15.4.5). */
export function sendNotModified(c: Context, { version }: StoredTask): JsonResponse<Task, 200> {
  c.header('ETag', entityTag(version));
  const response: Response = c.body(null, 304);
  return response as JsonResponse<Task, 200>;
}

/** Sends one page of a list, and the URL of the next one if there is more (RFC 8288). */
export function sendPage(c: Context, { json, next }: Page): JsonResponse<Task[], 200> {
  if (next) c.header('Link', `<${nextUrl(c, next)}>; rel="next"`);
  return sendJson<Task[], 200>(c, `[${json}]`, 200);
}

function nextUrl(c: Context, next: Position): string {
  const url = new URL(c.req.url);
  for (const name of new Set(url.searchParams.keys()))
    if (!listParameters.includes(name)) url.searchParams.delete(name);
  url.searchParams.set('cursor', encodeCursor(next));
  return url.href;
}

/**
 * Streams a whole list, in memory that does not grow with it. The first chunk is read before the status is sent; if
 * a later one fails, the body breaks off, so that no client takes the list for complete.
 */
export async function sendAll(c: Context, after: Position | undefined, readPage: ReadPage) {
  const first = await readPage(after, CHUNK_SIZE);
  const isWhole = !first.next || c.req.method === 'HEAD';
  return sendJson<Task[], 200>(c, isWhole ? `[${first.json}]` : streamFrom(c, first, readPage), 200);
}

function streamFrom(c: Context, first: Page, readPage: ReadPage): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let { json, length = 0, next }: Partial<Page> = first;
  let isCancelled = false;
  return new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(encoder.encode(`[${json}`));
      json = undefined; // Not kept as long as the stream.
    },
    async pull(controller) {
      try {
        // Of large tasks few fit on a page, and rows beyond them would be read in vain.
        const page = next && (await readPage(next, Math.min(2 * length, CHUNK_SIZE)));
        next = page?.next;
        length = page?.length ?? 0;
        if (page?.json) controller.enqueue(encoder.encode(`,${page.json}`)); // Empty if the rest was deleted.
        if (next) return;
        controller.enqueue(encoder.encode(']'));
        controller.close();
      } catch (error) {
        if (isCancelled) return;
        logStreamError(c, error);
        controller.error(new Error('the list broke off')); // The runtime logs this error, so it must not say more.
      }
    },
    cancel() {
      isCancelled = true;
    },
  });
}

/** Sends JSON text, with the type that clients of `hc` see. */
function sendJson<T, Status extends ContentfulStatusCode>(c: Context, json: string | ReadableStream, status: Status) {
  const response: Response = c.body(json, status, { 'Content-Type': 'application/json' });
  return response as JsonResponse<T, Status>;
}
