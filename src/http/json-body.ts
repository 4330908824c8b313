import type { Context, MiddlewareHandler, ValidationTargets } from 'hono';
import * as z from 'zod/mini';
import type { AppEnv } from './app-env.ts';
import { ApiError } from './errors.ts';
import { type SchemaFactory, toValidationError } from './validate.ts';

/** 1 MiB. */
const MAX_BODY_BYTES = 1_048_576;

/** Refuses invalid UTF-8 and drops a byte order mark. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });

type JsonInput<T extends z.ZodMiniType> = { in: { json: z.input<T> }; out: { json: z.output<T> } };

/**
 * @param ifEmpty stands for an empty body; without it, an empty body is refused.
 * @returns middleware that reads and validates a JSON body. Bytes that are not UTF-8 are refused, not replaced.
 */
export function jsonBody<T extends z.ZodMiniType>(
  makeSchema: SchemaFactory<T>,
  ifEmpty?: z.input<T>,
): MiddlewareHandler<AppEnv, string, JsonInput<T>> {
  const schema = z.lazy(makeSchema);
  return async function jsonBody(c, next) {
    const parsed = schema.safeParse(await readJson(c, ifEmpty));
    if (!parsed.success) throw toValidationError(parsed.error.issues, 'body');
    c.req.addValidatedData('json', parsed.data as ValidationTargets['json']);
    await next();
  };
}

async function readJson(c: Context, ifEmpty: unknown): Promise<unknown> {
  const bytes = await readBytes(c.req.raw);
  if (bytes.byteLength === 0) {
    if (ifEmpty === undefined) throw new ApiError('invalid_json', { detail: 'A JSON body is required' });
    return ifEmpty;
  }
  if (!isJson(c.req.header('Content-Type')) || c.req.header('Content-Encoding')) {
    throw new ApiError('unsupported_media_type');
  }
  try {
    return JSON.parse(utf8.decode(bytes));
  } catch {
    throw new ApiError('invalid_json');
  }
}

/** Reads the body at once where its length is known and allowed: reading chunks costs several times as much. */
async function readBytes(request: Request): Promise<ArrayBuffer> {
  const { body } = request;
  if (!body) return new ArrayBuffer(0);
  const length = Number(request.headers.get('Content-Length'));
  return length > 0 && length <= MAX_BODY_BYTES ? request.arrayBuffer() : readChunks(body);
}

/** Reads a body that is too large to its end as well: to a proxy, an unread body is a broken connection. */
async function readChunks(body: ReadableStream<Uint8Array>): Promise<ArrayBuffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  if (size > MAX_BODY_BYTES) throw new ApiError('body_too_large');
  return new Blob(chunks).arrayBuffer();
}

/** JSON is UTF-8 (RFC 8259 §8.1), so another `charset` is refused; other parameters mean nothing. */
function isJson(contentType = ''): boolean {
  const [type = '', ...parameters] = contentType.split(';').map((part) => part.trim());
  return (
    /^application\/([\w.+-]+\+)?json$/i.test(type) &&
    parameters.every((parameter) => !/^charset=/i.test(parameter) || /^charset="?utf-?8"?$/i.test(parameter))
  );
}
