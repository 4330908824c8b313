import type { Context } from 'hono';
import { validationError } from './errors.ts';

/** @returns the entity tag of a version (RFC 9110 §8.8.3). */
export function entityTag(version: number): string {
  return `"${version}"`;
}

/**
 * The versions that `If-Match` lists (RFC 9110 §13.1.1); undefined where any will do. Weak tags count too: a proxy that
 * compresses makes ours weak, and the version that they name is exact all the same.
 */
export function matchedVersions(c: Context): number[] | undefined {
  const header = c.req.header('If-Match');
  return header === undefined || header.trim() === '*' ? undefined : versionsIn(header);
}

/** Whether `If-None-Match` says that the client has this version already (RFC 9110 §13.1.2). */
export function isKnown(c: Context, version: number): boolean {
  const header = c.req.header('If-None-Match');
  return header !== undefined && (header.trim() === '*' || versionsIn(header).includes(version));
}

/** Tags that are none of ours name no version, and so match nothing. */
function versionsIn(tags: string): number[] {
  return [...tags.matchAll(/(?<=^|,)\s*(?:W\/)?"([1-9]\d{0,8})"\s*(?=,|$)/g)].map(([, version]) => Number(version));
}

/**
 * The `Idempotency-Key` of a request, if it has one.
 *
 * @throws {ApiError} `validation_failed` where it is not 1 to 255 visible ASCII characters.
 */
export function idempotencyKey(c: Context): string | undefined {
  const key = c.req.header('Idempotency-Key');
  if (key === undefined || /^[\x21-\x7e]{1,255}$/.test(key)) return key;
  throw validationError([{ field: 'Idempotency-Key', message: 'must have 1 to 255 visible ASCII characters' }]);
}
