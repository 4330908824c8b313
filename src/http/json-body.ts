import type { Context, MiddlewareHandler, ValidationTargets } from 'hono';
import * as z from 'zod/mini';
import type { AppEnv } from './app-env.ts';
import { ApiError, catalogue } from './errors.ts';
import { readBytes } from './read-bytes.ts';
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
  const bytes = await readBytes(c.req.raw.body, MAX_BODY_BYTES).catch(rejectBrokenBody);
  if (!bytes) throw new ApiError('body_too_large');
  if (bytes.byteLength === 0) {
    if (ifEmpty === undefined) throw new ApiError('invalid_json', { detail: 'A JSON body is required' });
    return ifEmpty;
  }
  if (!isJson(c.req.header('Content-Type')) || c.req.header('Content-Encoding')) {
    throw new ApiError('unsupported_media_type');
  }
  try {
    return JSON.parse(utf8.decode(bytes));
  } catch (error) {
    throw invalidJson(error);
  }
}

/** A body that breaks off is the client's failure: 400, not 500. */
function rejectBrokenBody(): never {
  throw new ApiError('invalid_json', { detail: 'The body broke off', reason: 'the body broke off' });
}

/** Adds the position, if the runtime reports one. The rest of its message quotes the body. */
function invalidJson(error: unknown): ApiError {
  const [place] = /\(line \d+ column \d+\)$/.exec(String(error)) ?? [];
  return new ApiError('invalid_json', place ? { detail: `${catalogue.invalid_json.detail} ${place}` } : {});
}

/** JSON is UTF-8 (RFC 8259 §8.1), so another `charset` is refused; other parameters mean nothing. */
function isJson(contentType = ''): boolean {
  const [type = '', ...parameters] = contentType.split(';').map((part) => part.trim());
  return (
    /^application\/([\w.+-]+\+)?json$/i.test(type) &&
    parameters.every((parameter) => !/^charset=/i.test(parameter) || /^charset="?utf-?8"?$/i.test(parameter))
  );
}
