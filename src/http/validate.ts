import { zValidator } from '@hono/zod-validator';
import * as z from 'zod/mini';
import { type ApiError, validationError } from './errors.ts';

/** Makes a schema with the first request that needs it: making all of them would be a fifth of an isolate's start. */
export type SchemaFactory<T extends z.ZodMiniType> = () => T;

/** @returns middleware that validates the path parameters or the query. */
export function validate<T extends z.ZodMiniType, Target extends 'param' | 'query'>(
  target: Target,
  makeSchema: SchemaFactory<T>,
) {
  return zValidator(target, z.lazy(makeSchema), (result) => {
    if (!result.success) throw toValidationError(result.error.issues, target);
  });
}

/** @param root the name of a field error that concerns the whole input. */
export function toValidationError(issues: readonly { path: PropertyKey[]; message: string }[], root: string): ApiError {
  return validationError(issues.map(({ path: [field = root], message }) => ({ field: String(field), message })));
}
