import * as z from 'zod/mini';

/** The greatest `bigint` of PostgreSQL. */
export const MAX_ID = 2n ** 63n - 1n;

/** Whether a string has at most `max` Unicode code points, which is what PostgreSQL counts. */
function fits(value: string, max: number): boolean {
  if (value.length <= max) return true;
  return value.length <= 2 * max && [...value].length <= max;
}

/** PostgreSQL cannot store U+0000, and drivers silently replace a lone surrogate. */
const storable = () =>
  z.refine<string>(
    (value) => value.isWellFormed() && !value.includes('\0'),
    'must not hold U+0000 or a lone surrogate',
  );

/** S1 FR-011. Blank is what `tasks_title_not_blank` refuses too. */
const title = () =>
  z.string({ error: ({ input }) => (input === undefined ? 'is required' : 'must be a string') }).check(
    z.refine((value) => value !== '' && fits(value, 200), { error: 'must have 1 to 200 characters', abort: true }),
    z.refine((value) => /[^\s\u0085]/.test(value), 'must not be only white space'),
    storable(),
  );

const description = (max: number) =>
  z.nullable(
    z.string('must be a string or null').check(
      z.refine((value) => fits(value, max), `must have at most ${max} characters`),
      storable(),
    ),
  );

const completed = () => z.optional(z.boolean('must be true or false'));

/** The done field under both its names: `completed` (S0, S3) and `is_completed` (S1). */
const completion = () => ({ completed: completed(), is_completed: completed() });

type Completion = { completed?: boolean | undefined; is_completed?: boolean | undefined };

const namesAgree = () =>
  z.refine<Completion>(
    (fields) => (fields.completed ?? fields.is_completed) === (fields.is_completed ?? fields.completed),
    { path: ['completed'], error: 'contradicts is_completed' },
  );

function joinNames<T extends Completion>({ is_completed, completed = is_completed, ...rest }: T) {
  return { ...rest, completed };
}

/** A JSON object; fields that it does not name are ignored (S3 FR-003). */
function fields<T extends z.core.$ZodShape>(shape: T) {
  return z.object({ ...shape, ...completion() }, 'must be a JSON object').check(namesAgree() as never);
}

/** @returns the rules for creating a task whose description has at most `max` code points. */
export function creation(max: number) {
  return z.pipe(fields({ title: title(), description: z.optional(description(max)) }), z.transform(joinNames));
}

/** @returns the rules for changing a task: every field may be absent, and then stays as it is. */
export function change(max: number) {
  return z.pipe(
    fields({ title: z.optional(title()), description: z.optional(description(max)) }),
    z.transform(joinNames),
  );
}

/** `PATCH …/complete`: what to set the done field to; toggles it where nothing is said. */
export const toggle = () => z.pipe(fields({}), z.transform(joinNames));

export type Creation = z.output<ReturnType<typeof creation>>;
export type Change = Partial<z.output<ReturnType<typeof change>>>;

/** A task's id in the path. A whole number that no id can be is as unknown as 0 is. */
export const taskParams = () =>
  z.object({
    id: z.pipe(
      z.string().check(z.regex(/^-?[0-9]+$/, 'must be a whole number')),
      z.transform((digits) => (BigInt(digits) < 0n || BigInt(digits) > MAX_ID ? 0n : BigInt(digits))),
    ),
  });

/** A task as clients see it (S1 "Task"). `wireFields` in wire.ts writes it; a test holds the two together. */
export const task = () =>
  z.object({
    id: z.number(),
    user_id: z.string(),
    title: z.string(),
    description: z.nullable(z.string()),
    completed: z.boolean(),
    is_completed: z.boolean(),
    created_at: z.iso.datetime({ precision: 3 }),
    updated_at: z.iso.datetime({ precision: 3 }),
  });

export type Task = z.output<ReturnType<typeof task>>;
