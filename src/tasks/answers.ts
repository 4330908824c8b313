import type { Context, TypedResponse } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { AppEnv } from '../index.ts';
import { logLateFailure } from '../log.ts';
import { entityTag } from '../preconditions.ts';
import { writeCursor } from './list-query.ts';
import type { ListOptions, Page, StoredTask } from './repository.ts';
import type { Task } from './task.ts';

/** Tasks in one piece of a list that was asked for without a limit: what the Worker holds in memory at a time. */
const TASKS_AT_A_TIME = 1024;

type JsonAnswer<T, Status extends ContentfulStatusCode> = Response & TypedResponse<T, Status, 'json'>;

/** Sends a task under its entity tag. */
export function sendTask<Status extends 200 | 201>(c: Context, { version, json }: StoredTask, status: Status) {
  c.header('ETag', entityTag(version));
  return sendJson<Task, Status>(c, json, status);
}

/** Sends the entity tag alone, to a reader who has this version already (RFC 9110 §15.4.5). */
export function sendNotModified(c: Context, { version }: StoredTask): JsonAnswer<Task, 200> {
  c.header('ETag', entityTag(version));
  return c.body(null, 304) as unknown as JsonAnswer<Task, 200>;
}

/** Sends one page of a list, and where there is more, the address of the next (RFC 8288). */
export async function sendPage(c: Context<AppEnv>, options: ListOptions): Promise<JsonAnswer<Task[], 200>> {
  const { items, next } = await c.get('tasks').page(options);
  if (next) {
    const address = new URL(c.req.url);
    address.searchParams.set('cursor', writeCursor(next));
    c.header('Link', `<${address.href}>; rel="next"`);
  }
  return sendJson<Task[], 200>(c, `[${items}]`, 200);
}

/**
 * Sends a whole list, however long, in memory that does not grow with it. The first piece is read before the status
 * is sent; when a later one cannot be, the body breaks off, so that no client takes the list for whole.
 */
export async function sendAll(
  c: Context<AppEnv>,
  filter: Omit<ListOptions, 'limit'>,
): Promise<JsonAnswer<Task[], 200>> {
  const options = { ...filter, limit: TASKS_AT_A_TIME };
  const first = await c.get('tasks').page(options);
  if (!first.next || c.req.method === 'HEAD') return sendJson<Task[], 200>(c, `[${first.items}]`, 200);
  c.set('streams', true);
  return sendJson<Task[], 200>(c, streamOf(c, first, c.get('tasks').piecesAfter(first, options)), 200);
}

/** A list from its first piece on. What goes wrong once nobody reads it any more is no failure. */
function streamOf(c: Context<AppEnv>, first: Page, following: AsyncGenerator<string>): ReadableStream<Uint8Array> {
  const { close } = c.get('tasks');
  const encoder = new TextEncoder();
  let isCancelled = false;
  return new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(encoder.encode(`[${first.items}`));
    },
    async pull(controller) {
      try {
        const { done, value } = await following.next();
        controller.enqueue(encoder.encode(done ? ']' : `,${value}`));
        if (!done) return;
        controller.close();
      } catch (error) {
        if (isCancelled) return;
        logLateFailure(c, error);
        controller.error(new Error('the list broke off')); // Told to the runtime, which logs it: not what the database said.
      }
      close();
    },
    cancel() {
      isCancelled = true;
      close();
    },
  });
}

/** Sends JSON that is written already, under the type that clients of `hc` see. */
function sendJson<T, Status extends ContentfulStatusCode>(c: Context, json: string | ReadableStream, status: Status) {
  return c.body(json, status, { 'Content-Type': 'application/json' }) as unknown as JsonAnswer<T, Status>;
}
