import type { Context } from 'hono';

/** @returns the entity tag of a version (RFC 9110 §8.8.3). */
export function entityTag(version: number): string {
  return `"${version}"`;
}

/**
 * The versions in `If-Match` (RFC 9110 §13.1.1); null if any will do. Weak tags count too: a proxy that
 * compresses makes ours weak, and they still name an exact version.
 */
export function ifMatchVersions(c: Context): number[] | null {
  const header = c.req.header('If-Match');
  return header === undefined || header.trim() === '*' ? null : parseVersions(header);
}

/** Whether `If-None-Match` names this version (RFC 9110 §13.1.2). */
export function matchesIfNoneMatch(c: Context, version: number): boolean {
  const header = c.req.header('If-None-Match');
  return header !== undefined && (header.trim() === '*' || parseVersions(header).includes(version));
}

/** A tag that is not one of ours names no version, and so matches nothing. */
function parseVersions(tags: string): number[] {
  return [...tags.matchAll(/(?<=^|,)\s*(?:W\/)?"([1-9]\d{0,8})"\s*(?=,|$)/g)].map(([, version]) => Number(version));
}
