import * as z from 'zod/mini';

/** The greatest `bigint` of PostgreSQL. */
export const MAX_ID = 2n ** 63n - 1n;

/** In Unicode code points, as are those of descriptions. */
export const MAX_TITLE = 200;

/** By route prefix, `/api/tasks` and `/api/{user_id}/tasks`: S0 FR-002 has a maximum, S1 FR-012 has none. */
export const maxDescription = { token: 1000, user: Number.POSITIVE_INFINITY };

/** Any character but white space. U+0085 is white space to PostgreSQL, but not to JavaScript's `\s`. */
export const NOT_BLANK = /[^\s\u0085]/;

/** Whether a string has at most `max` Unicode code points, which is what PostgreSQL counts. */
function hasAtMost(max: number, value: string): boolean {
  if (value.length <= max) return true;
  return value.length <= 2 * max && [...value].length <= max;
}

/** PostgreSQL cannot store U+0000, and drivers silently replace a lone surrogate. */
const storable = () =>
  z.refine<string>(
    (value) => value.isWellFormed() && !value.includes('\0'),
    'must not hold U+0000 or a lone surrogate',
  );

/** S1 FR-011. The check `tasks_title_not_blank` refuses the same blank titles. */
const title = () =>
  z.string({ error: ({ input }) => (input === undefined ? 'is required' : 'must be a string') }).check(
    z.refine((value) => value !== '' && hasAtMost(MAX_TITLE, value), {
      error: `must have 1 to ${MAX_TITLE} characters`,
      abort: true,
    }),
    z.refine((value) => NOT_BLANK.test(value), 'must not be blank'),
    storable(),
  );

const description = (max: number) =>
  z.nullable(
    z.string('must be a string or null').check(
      z.refine((value) => hasAtMost(max, value), `must have at most ${max} characters`),
      storable(),
    ),
  );

const flag = () => z.optional(z.boolean('must be true or false'));

/** The completion flag under both names: `completed` (S0, S3) and `is_completed` (S1). */
const completionFlag = () => ({ completed: flag(), is_completed: flag() });

/** What a new task may leave out, and an update as well. */
const optionalFields = (maxDescription: number) => ({
  description: z.optional(description(maxDescription)),
  ...completionFlag(),
});

type CompletionFlag = { completed?: boolean | undefined; is_completed?: boolean | undefined };

const conflicts = ({ completed, is_completed }: CompletionFlag) =>
  completed !== undefined && is_completed !== undefined && completed !== is_completed;

const NOT_AN_OBJECT = 'must be a JSON object';

/** @param maxDescription in Unicode code points. Unknown fields are ignored (S3 FR-003). */
export const createTaskSchema = (maxDescription: number) =>
  z.pipe(
    z
      .object({ title: title(), ...optionalFields(maxDescription) }, NOT_AN_OBJECT)
      .check(z.refine((fields) => !conflicts(fields), { path: ['completed'], error: 'conflicts with is_completed' })),
    z.transform((fields) => ({
      title: fields.title,
      description: fields.description ?? null,
      completed: fields.completed ?? fields.is_completed ?? false,
    })),
  );

export type CreateTask = z.output<ReturnType<typeof createTaskSchema>>;

type UpdateFields = CompletionFlag & { [Field in keyof CreateTask]?: CreateTask[Field] | undefined };

/** An update, as the query takes it: `sets` names the fields to change, because null is a value of some. */
export type UpdateTask = { [Field in keyof CreateTask]: CreateTask[Field] | null } & {
  sets: string[];
  toggles: boolean;
};

/**
 * Where both names of the completion flag are there and differ, one of them is the stored value and the other one the
 * change, so the flag is to be toggled: a client that knows one name sends a whole task back with its own flipped.
 */
function toUpdate({ completed, is_completed, ...fields }: UpdateFields): UpdateTask {
  return {
    sets: Object.keys(fields),
    title: fields.title ?? null,
    description: fields.description ?? null,
    completed: completed ?? is_completed ?? null,
    toggles: conflicts({ completed, is_completed }),
  };
}

/** Every field may be absent, and then stays as it is. */
export const updateTaskSchema = (maxDescription: number) =>
  z.pipe(
    z.object({ title: z.optional(title()), ...optionalFields(maxDescription) }, NOT_AN_OBJECT),
    z.transform(toUpdate),
  );

/** `PATCH …/complete`: the completion flag to set; absent, it is toggled. HTTP clients send null or "" for no body. */
export const completeTaskSchema = () =>
  z.pipe(
    z.transform((input: CompletionFlag | null | '') => (input === null || input === '' ? {} : input)),
    z.pipe(
      z.object(completionFlag(), NOT_AN_OBJECT),
      z.transform((flags) => {
        const update = toUpdate(flags);
        return { ...update, toggles: update.toggles || update.completed === null };
      }),
    ),
  );

/** The id of a task in the path. An integer that no id can be is mapped to 0, which no task has. */
export const taskParamsSchema = () =>
  z.object({
    id: z.pipe(
      z.string().check(z.regex(/^-?[0-9]+$/, 'must be an integer')),
      z.transform((digits) => (BigInt(digits) < 0n || BigInt(digits) > MAX_ID ? 0n : BigInt(digits))),
    ),
  });

/** A task in a response (S1 "Task"); `taskJson` writes it. */
export const taskSchema = () =>
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

export type Task = z.output<ReturnType<typeof taskSchema>>;
