import * as z from 'zod/mini';
import { decodeCursor, type Position } from './cursor.ts';

/** A larger limit is treated as this one. */
export const MAX_LIMIT = 1000;

/** A parameter may be repeated: every value counts. */
const repeatable = <T extends z.ZodMiniType>(value: T) =>
  z.optional(
    z.pipe(
      z.transform((input: unknown) => [input].flat()),
      z.array(value),
    ),
  );

/** A word in any case, mapped to the completion flag that it asks for; undefined asks for both. */
const word = (meanings: Record<string, boolean | undefined>, error: string) =>
  z.pipe(
    z.pipe(z.string().check(z.toLowerCase()), z.enum(Object.keys(meanings), error)),
    z.transform((value) => meanings[value]),
  );

const flag = () => word({ true: true, false: false }, 'must be true or false');

/** The completion flag that each `status` asks for. */
export const statusFilters = { all: undefined, completed: true, pending: false, active: false, incomplete: false };

const status = () => word(statusFilters, 'must be all, completed or pending');

const limit = () =>
  z.pipe(
    z.string('must be given once').check(z.regex(/^0*[1-9][0-9]*$/, 'must be an integer of 1 or more')),
    z.transform((digits) => Math.min(Number(digits), MAX_LIMIT)),
  );

const cursor = () =>
  z.pipe(
    z.pipe(z.string('must be given once'), z.transform(decodeCursor)),
    z.custom<Position>((position) => position !== undefined, { error: 'is not a cursor of this API', abort: false }),
  );

/** The parameters that `listSchema` knows. */
export const listParameters = ['completed', 'is_completed', 'status', 'limit', 'cursor'];

/** The query of a list (S0 FR-012): the completion flag to filter by, where to start, and how many tasks. */
export const listSchema = () =>
  z.pipe(
    z
      .object({
        completed: repeatable(flag()),
        is_completed: repeatable(flag()),
        status: repeatable(status()),
        limit: z.optional(limit()),
        cursor: z.optional(cursor()),
      })
      .check(
        z.refine((query) => requestedFlags(query).size <= 1, {
          path: ['status'],
          error: 'conflicts with another filter',
        }),
      ),
    z.transform((query) => ({ completed: [...requestedFlags(query)][0], limit: query.limit, after: query.cursor })),
  );

type Filters = { [Name in 'completed' | 'is_completed' | 'status']?: (boolean | undefined)[] | undefined };

function requestedFlags(query: Filters): Set<boolean | undefined> {
  return new Set([query.completed, query.is_completed, query.status].flatMap((values) => values ?? []));
}
