import { decodeBase64Url, encodeBase64Url } from 'hono/utils/encode';
import { MAX_ID } from './task-schema.ts';

/** Where a page ends: its last task, in the order of lists, newest first. */
export type Position = {
  /** ISO 8601, in UTC, with milliseconds. */
  createdAt: string;
  id: string;
};

/** @returns a position as clients send it back: opaque, safe in a URL, with a checksum against altered ones. */
export function encodeCursor({ createdAt, id }: Position): string {
  const text = `${createdAt},${id}`;
  const bytes = new TextEncoder().encode(`${checksum(text)},${text}`);
  return encodeBase64Url(bytes.buffer).replace(/=+$/, '');
}

/** @returns undefined if it is no cursor of a list. PostgreSQL's calendar has no year 0. */
export function decodeCursor(cursor: string): Position | undefined {
  try {
    const text = new TextDecoder().decode(decodeBase64Url(cursor));
    const [, createdAt = '', id = ''] = /^[^,]*,((?!0000)\S{24}),(\d{1,19})$/.exec(text) ?? [];
    const isPossible = new Date(createdAt).toISOString() === createdAt && BigInt(id) <= MAX_ID;
    return isPossible && encodeCursor({ createdAt, id }) === cursor ? { createdAt, id } : undefined;
  } catch {
    return undefined;
  }
}

/** 32-bit FNV-1a. */
function checksum(text: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return (hash >>> 0).toString(36);
}
