import { type SQL, sql } from 'drizzle-orm';
import type { AnyPgColumn } from 'drizzle-orm/pg-core';
import { decodeBase64Url, encodeBase64Url } from 'hono/utils/encode';
import * as z from 'zod/mini';
import { tasks } from '../db/schema.ts';

const MAX_ID = 2n ** 63n - 1n;

/** Whether a string has at most `max` Unicode code points, which is what PostgreSQL counts. */
function fits(value: string, max: number): boolean {
  if (value.length <= max) return true;
  return value.length <= 2 * max && [...value].length <= max;
}

/** PostgreSQL cannot store U+0000, and drivers silently replace a lone surrogate. */
const storable = z.refine<string>(
  (value) => value.isWellFormed() && !value.includes('\0'),
  'must not hold U+0000 or a lone surrogate',
);

/** S1 FR-011. Blank is what `tasks_title_not_blank` refuses too. */
const title = z.string({ error: ({ input }) => (input === undefined ? 'is required' : 'must be a string') }).check(
  z.refine((value) => value !== '' && fits(value, 200), { error: 'must have 1 to 200 characters', abort: true }),
  z.refine((value) => /[^\s\u0085]/.test(value), 'must not be only white space'),
  storable,
);

const description = (max: number) =>
  z.nullable(
    z.string('must be a string or null').check(
      z.refine((value) => fits(value, max), `must have at most ${max} characters`),
      storable,
    ),
  );

const completed = z.optional(z.boolean('must be true or false'));

/** The done field under both its names: `completed` (S0, S3) and `is_completed` (S1). */
const completion = { completed, is_completed: completed };

type Completion = { completed?: boolean | undefined; is_completed?: boolean | undefined };

const namesAgree = z.refine<Completion>(
  (fields) => (fields.completed ?? fields.is_completed) === (fields.is_completed ?? fields.completed),
  { path: ['completed'], error: 'contradicts is_completed' },
);

function joinNames<T extends Completion>({ is_completed, completed = is_completed, ...rest }: T) {
  return { ...rest, completed };
}

/** A JSON object; fields that it does not name are ignored (S3 FR-003). */
function fields<T extends z.core.$ZodShape>(shape: T) {
  return z.object({ ...shape, ...completion }, 'must be a JSON object').check(namesAgree as never);
}

/** @returns the rules for creating a task whose description has at most `max` code points. */
export function creation(max: number) {
  return z.pipe(fields({ title, description: z.optional(description(max)) }), z.transform(joinNames));
}

/** @returns the rules for changing a task: every field may be absent, and then stays as it is. */
export function change(max: number) {
  return z.pipe(
    fields({ title: z.optional(title), description: z.optional(description(max)) }),
    z.transform(joinNames),
  );
}

/** `PATCH …/complete`: what to set the done field to; toggles it where nothing is said. */
export const toggle = z.pipe(fields({}), z.transform(joinNames));

export type Creation = z.output<ReturnType<typeof creation>>;
export type Change = Partial<z.output<ReturnType<typeof change>>>;

/** A task's id in the path. A whole number beyond what an id can be is as unknown as 0 is. */
export const taskParams = z.object({
  id: z.pipe(
    z.string().check(z.regex(/^-?[0-9]+$/, 'must be a whole number')),
    z.transform((digits) => (BigInt(digits) > MAX_ID ? 0n : BigInt(digits))),
  ),
});

/** A parameter may be sent several times: the query then holds an array, and each value counts. */
const repeatable = <T extends z.ZodMiniType>(value: T) =>
  z.optional(
    z.pipe(
      z.transform((sent: unknown) => [sent].flat()),
      z.array(value),
    ),
  );

const flag = z.pipe(
  z.enum(['true', 'false'], 'must be true or false'),
  z.transform((value) => value === 'true'),
);

const meanings = { all: undefined, completed: true, pending: false, active: false, incomplete: false };

const status = z.pipe(
  z.transform((sent: unknown) => String(sent).toLowerCase()),
  z.pipe(
    z.enum(Object.keys(meanings) as (keyof typeof meanings)[], 'must be all, completed or pending'),
    z.transform((value) => meanings[value]),
  ),
);

/** How PostgreSQL writes an instant: ISO 8601 in UTC, with milliseconds. */
const instant = (column: AnyPgColumn) => sql`to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** Where in a list, newest first, a page ends: its last task. */
export type Position = { createdAt: string; id: string };

/** How PostgreSQL writes a `Position`. */
export const position: SQL = sql`concat_ws(',', ${instant(tasks.createdAt)}, ${tasks.id})`;

/** @throws {Error} where it is not one that PostgreSQL wrote. */
export function parsePosition(written: string): Position {
  const [, createdAt = '', id = ''] = /^(\S{24}),(\d{1,19})$/.exec(written) ?? [];
  if (new Date(createdAt).toISOString() !== createdAt || BigInt(id) > MAX_ID) throw new Error('not a position');
  return { createdAt, id };
}

/** @returns the position as clients pass it back: opaque, and fit for a URL. */
export function writeCursor({ createdAt, id }: Position): string {
  return encodeBase64Url(new TextEncoder().encode(`${createdAt},${id}`).buffer).replace(/=+$/, '');
}

function readCursor(cursor: string): Position | undefined {
  try {
    const read = parsePosition(new TextDecoder().decode(decodeBase64Url(cursor)));
    return writeCursor(read) === cursor ? read : undefined;
  } catch {
    return undefined;
  }
}

/** More than this is taken as this. */
const LARGEST_LIMIT = 1000;

/** Which tasks a list holds (S0 FR-012): the done ones, the open ones or, where undefined, both; from where, and how many. */
export const listQuery = z.pipe(
  z
    .object({
      completed: repeatable(flag),
      is_completed: repeatable(flag),
      status: repeatable(status),
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

/** A task as clients see it (S1 "Task"). `wire` writes it; a test holds the two together. */
export const task = z.object({
  id: z.number(),
  user_id: z.string(),
  title: z.string(),
  description: z.nullable(z.string()),
  completed: z.boolean(),
  is_completed: z.boolean(),
  created_at: z.iso.datetime({ precision: 3 }),
  updated_at: z.iso.datetime({ precision: 3 }),
});

export type Task = z.output<typeof task>;

/** How PostgreSQL writes a row as the JSON of a `Task`: no row is ever taken apart and put together in the Worker. */
export const wire: SQL = sql`json_build_object(
  'id', ${tasks.id}, 'user_id', ${tasks.userId}, 'title', ${tasks.title}, 'description', ${tasks.description},
  'completed', ${tasks.isCompleted}, 'is_completed', ${tasks.isCompleted},
  'created_at', ${instant(tasks.createdAt)}, 'updated_at', ${instant(tasks.updatedAt)})`;
