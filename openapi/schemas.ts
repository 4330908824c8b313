import * as z from 'zod/mini';
import { userIdSchema as userId } from '../src/auth/user-id.ts';
import type { ErrorBody } from '../src/http/errors.ts';
import {
  updateTaskSchema as change,
  createTaskSchema as creation,
  taskSchema as task,
  completeTaskSchema as toggle,
} from '../src/tasks/task-schema.ts';
import { errorCodes } from './failures.ts';

/** A JSON schema of draft 2020-12, which OpenAPI 3.1 takes as it is. */
export type JsonSchema = z.core.JSONSchema.BaseSchema;

/** A description of each field, and the rules that zod holds as functions and cannot put into a schema. */
type Fields = Record<string, JsonSchema & { description: string }>;

/** @returns the JSON schema of what a request may be, or of what an answer is. */
export function jsonSchema(schema: z.ZodMiniType, io: 'input' | 'output'): JsonSchema {
  const { $schema: _, '~standard': __, ...json } = z.toJSONSchema(schema, { io });
  return json;
}

/**
 * @returns the JSON schema of an object that zod checks, each field with its description.
 * @throws {Error} where a field has no description, or a description no field.
 */
function objectSchema(schema: z.ZodMiniType, io: 'input' | 'output', fields: Fields): JsonSchema {
  const { properties = {}, ...rest } = jsonSchema(schema, io);
  return { ...rest, properties: describeEach(properties as Record<string, JsonSchema>, fields) };
}

/** Joins what zod says of each name with what people say. */
export function describeEach(checked: Record<string, JsonSchema>, described: Fields): Record<string, JsonSchema> {
  const names = new Set([...Object.keys(checked), ...Object.keys(described)]);
  const joined = [...names].map((name) => {
    if (!checked[name] || !described[name]) throw new Error(`${name} is checked or described, but not both`);
    return [name, { ...checked[name], ...described[name] }];
  });
  return Object.fromEntries(joined);
}

/** The id of a user, in a path and in a task. */
export const userIdSchema: JsonSchema = {
  ...jsonSchema(userId(), 'input'),
  minLength: 1,
  maxLength: 255,
  pattern: '^\\P{Cc}*$',
};

const title = {
  description: 'What is to be done. Lengths are in Unicode code points; not only white space, no U+0000.',
  minLength: 1,
  maxLength: 200,
  pattern: '^[^\\u0000]*[^\\s\\u0085\\u0000][^\\u0000]*$',
};

const description = {
  description: 'More about it, or null. No U+0000.',
  pattern: '^[^\\u0000]*$',
};

const completion = {
  completed: { description: 'Whether it is done.' },
  is_completed: { description: 'Another name of `completed`. Where both are sent, they must agree.' },
};

/** What clients may write. Another field is ignored, so that a task may be sent back as it was read. */
function written(maxDescription: number): Fields {
  const limit = Number.isFinite(maxDescription) ? { maxLength: maxDescription } : {};
  return { title, description: { ...description, ...limit }, ...completion };
}

const moment = (what: string) => ({ description: `${what}, in UTC`, examples: ['2026-01-05T10:30:00.000Z'] });

/** The body of every failure, save that of a broken rule. */
const error = z.object({ detail: z.string(), code: z.enum(errorCodes.filter((code) => code !== 'validation_failed')) });

/** The body of a broken rule. */
const validationError = z.object({
  detail: z.string(),
  code: z.literal('validation_failed'),
  errors: z.array(z.object({ field: z.string(), message: z.string() })).check(z.minLength(1)),
}) satisfies z.ZodMiniType<ErrorBody>;

const detail = { description: 'A sentence for people.' };
const code = { description: 'A word for programs. It stays, whatever becomes of the sentence.' };

/** `creation`, `change` and so on, by their names in the document. */
export const schemas = {
  Task: objectSchema(task(), 'output', {
    id: { description: 'The number of the task.', type: 'integer', minimum: 1 },
    user_id: { description: 'Whose task it is.', ...userIdSchema },
    title,
    description,
    ...completion,
    is_completed: { description: 'Another name of `completed`: both are always there, and the same.' },
    created_at: moment('When it was created'),
    updated_at: moment('When it was last really changed; it strictly increases'),
  }),
  NewTask: objectSchema(creation(1000), 'input', written(1000)),
  NewUserTask: objectSchema(creation(Number.POSITIVE_INFINITY), 'input', written(Number.POSITIVE_INFINITY)),
  TaskChange: objectSchema(change(1000), 'input', written(1000)),
  UserTaskChange: objectSchema(change(Number.POSITIVE_INFINITY), 'input', written(Number.POSITIVE_INFINITY)),
  Completion: objectSchema(toggle(), 'input', completion),
  Error: objectSchema(error, 'output', { detail, code }),
  ValidationError: objectSchema(validationError, 'output', {
    detail,
    code,
    errors: { description: 'Each broken rule: the field or parameter, and what it must be.' },
  }),
};

/** @returns a reference to one of them. */
export function schemaRef(name: keyof typeof schemas): { $ref: string } {
  return { $ref: `#/components/schemas/${name}` };
}
