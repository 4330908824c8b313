import { zValidator } from '@hono/zod-validator';
import type { Context, MiddlewareHandler, ValidationTargets } from 'hono';
import * as z from 'zod/mini';
import { ApiError, validationError } from './errors.ts';
import type { AppEnv } from './index.ts';

const MAX_BODY_BYTES = 1_048_576;

/** Refuses what is not UTF-8, and drops a byte order mark. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });

type Issues = readonly { path: PropertyKey[]; message: string }[];

/** Makes a schema. `z.lazy` calls it with the first request that needs it: to make all would be a fifth of an isolate's start. */
type SchemaMaker<T extends z.ZodMiniType> = () => T;

/** @returns middleware that checks the path's parameters or the query against a schema. */
export function checked<T extends z.ZodMiniType, Target extends 'param' | 'query'>(
  target: Target,
  makeSchema: SchemaMaker<T>,
) {
  return zValidator(target, z.lazy(makeSchema), (result) => {
    if (!result.success) throw broken(result.error.issues, target);
  });
}

type JsonInput<T extends z.ZodMiniType> = { in: { json: z.input<T> }; out: { json: z.output<T> } };

/**
 * @returns middleware that reads a JSON body and checks it against a schema. Bytes that are not UTF-8 are
 * refused rather than replaced, and an empty body stands for `ifEmpty`, if that is given.
 */
export function jsonBody<T extends z.ZodMiniType>(
  makeSchema: SchemaMaker<T>,
  ifEmpty?: z.input<T>,
): MiddlewareHandler<AppEnv, string, JsonInput<T>> {
  const schema = z.lazy(makeSchema);
  return async function jsonBody(c, next) {
    const parsed = schema.safeParse(await readJson(c, ifEmpty));
    if (!parsed.success) throw broken(parsed.error.issues, 'body');
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

/** Reads a body in one go where its length is known to be allowed: a piece at a time costs several times as much. */
async function readBytes(request: Request): Promise<ArrayBuffer> {
  const { body } = request;
  if (!body) return new ArrayBuffer(0);
  const length = Number(request.headers.get('Content-Length'));
  return length > 0 && length <= MAX_BODY_BYTES ? request.arrayBuffer() : readPieces(body);
}

/** What is too much is read to its end all the same, and dropped: to a proxy, a body left unread is a broken connection. */
async function readPieces(body: ReadableStream<Uint8Array>): Promise<ArrayBuffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  if (size > MAX_BODY_BYTES) throw new ApiError('body_too_large');
  return new Blob(chunks).arrayBuffer();
}

/** JSON is UTF-8 (RFC 8259 §8.1); a type that says otherwise would have us misread it. Other parameters mean nothing. */
function isJson(contentType = ''): boolean {
  const [type = '', ...parameters] = contentType.split(';').map((part) => part.trim());
  return (
    /^application\/([\w.+-]+\+)?json$/i.test(type) &&
    parameters.every((parameter) => !/^charset=/i.test(parameter) || /^charset="?utf-?8"?$/i.test(parameter))
  );
}

function broken(issues: Issues, whole: string): ApiError {
  return validationError(issues.map(({ path: [field = whole], message }) => ({ field: String(field), message })));
}
