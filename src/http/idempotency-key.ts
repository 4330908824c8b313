import type { Context } from 'hono';
import { validationError } from './errors.ts';

/** 1 to 255 visible ASCII characters. */
export const IDEMPOTENCY_KEY_PATTERN = /^[\x21-\x7e]{1,255}$/;

/**
 * The `Idempotency-Key` of a request; undefined if there is none.
 *
 * @throws {ApiError} `validation_failed` if it is not 1 to 255 visible ASCII characters.
 */
export function idempotencyKey(c: Context): string | undefined {
  const key = c.req.header('Idempotency-Key');
  if (key === undefined || IDEMPOTENCY_KEY_PATTERN.test(key)) return key;
  throw validationError([{ field: 'Idempotency-Key', message: 'must have 1 to 255 visible ASCII characters' }]);
}
