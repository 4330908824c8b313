import { decodeBase64Url, encodeBase64Url } from 'hono/utils/encode';
import * as z from 'zod/mini';
import { MAX_ID } from './task.ts';

/** Where in a list, newest first, a page ends: its last task, as its wire form has it. */
export type Position = { createdAt: string; id: string };

/** Stands between two tasks of a list, as PostgreSQL writes it: the JSON of none holds a line break. */
export const SEPARATOR = ',\n';

/**
 * Where in a list a task is, from its wire form: the id comes first, the instants last.
 *
 * @throws {Error} where it has no such place, since another program gave it an infinite date.
 */
export function positionOf(written: string): Position {
  const found = /^\{"id":(\d+),.*"created_at":"([^"]+)","updated_at":(?:null|"[^"]+")\}$/s.exec(written);
  if (!found) throw new Error('a task has no place in a list');
  const [, id = '', createdAt = ''] = found;
  return { createdAt, id };
}

/** @returns the position as clients pass it back: opaque, fit for a URL, and with a checksum, so that none that was cut or altered is taken. */
export function writeCursor({ createdAt, id }: Position): string {
  const { crc32 } = process.getBuiltinModule('node:zlib'); // Not imported: that would load a tenth of an isolate's start for it.
  const written = `${createdAt},${id}`;
  const bytes = new TextEncoder().encode(`${crc32(written).toString(36)},${written}`);
  return encodeBase64Url(bytes.buffer).replace(/=+$/, '');
}

/** @returns undefined where it is no cursor of ours. PostgreSQL's calendar has no year 0. */
function readCursor(cursor: string): Position | undefined {
  try {
    const written = new TextDecoder().decode(decodeBase64Url(cursor));
    const [, createdAt = '', id = ''] = /^[^,]*,((?!0000)\S{24}),(\d{1,19})$/.exec(written) ?? [];
    const isPossible = new Date(createdAt).toISOString() === createdAt && BigInt(id) <= MAX_ID;
    return isPossible && writeCursor({ createdAt, id }) === cursor ? { createdAt, id } : undefined;
  } catch {
    return undefined;
  }
}

/** A parameter may be sent several times: the query then holds an array, and each value counts. */
const repeatable = <T extends z.ZodMiniType>(value: T) =>
  z.optional(
    z.pipe(
      z.transform((sent: unknown) => [sent].flat()),
      z.array(value),
    ),
  );

/** One of some words, in upper or lower case, as what it means: the done tasks, the open ones, or both. */
const word = (meanings: Record<string, boolean | undefined>, error: string) =>
  z.pipe(
    z.transform((sent: unknown) => String(sent).toLowerCase()),
    z.pipe(
      z.enum(Object.keys(meanings), error),
      z.transform((value) => meanings[value]),
    ),
  );

const flag = () => word({ true: true, false: false }, 'must be true or false');

const status = () =>
  word(
    { all: undefined, completed: true, pending: false, active: false, incomplete: false },
    'must be all, completed or pending',
  );

/** More than this is taken as this. */
const LARGEST_LIMIT = 1000;

/** Which tasks a list holds (S0 FR-012): the done ones, the open ones or, where undefined, both; from where, and how many. */
export const listQuery = () =>
  z.pipe(
    z
      .object({
        completed: repeatable(flag()),
        is_completed: repeatable(flag()),
        status: repeatable(status()),
        limit: z.optional(
          z.pipe(
            z.string('must be given once').check(z.regex(/^0*[1-9][0-9]*$/, 'must be a whole number of 1 or more')),
            z.transform((digits) => Math.min(Number(digits), LARGEST_LIMIT)),
          ),
        ),
        cursor: z.optional(
          z.pipe(
            z
              .string('must be given once')
              .check(z.refine((value) => readCursor(value) !== undefined, 'is not a cursor of this API')),
            z.transform(readCursor),
          ),
        ),
      })
      .check(z.refine((query) => wanted(query).size <= 1, { path: ['status'], error: 'contradicts another filter' })),
    z.transform((query) => ({ completed: [...wanted(query)][0], limit: query.limit, after: query.cursor })),
  );

type Filters = Record<'completed' | 'is_completed' | 'status', (boolean | undefined)[] | undefined>;

function wanted(query: Partial<Filters>): Set<boolean | undefined> {
  return new Set([query.completed, query.is_completed, query.status].flatMap((values) => values ?? []));
}
