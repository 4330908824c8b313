import * as z from 'zod';
import { USER_ID_PATTERN } from '../src/auth/user-id.ts';
import { catalogue, type ErrorCode } from '../src/http/errors.ts';
import * as tasks from '../src/tasks/task-schema.ts';

/** PostgreSQL cannot store U+0000. */
const STORABLE = '[^\\u0000]*';

/** Rules that zod has as functions, and descriptions, by the name of the field. */
const fields: Record<string, z.core.JSONSchema.BaseSchema> = {
  id: { type: 'integer', minimum: 1 },
  user_id: { pattern: USER_ID_PATTERN.source },
  title: {
    description: 'Must not be blank.',
    minLength: 1,
    maxLength: tasks.MAX_TITLE,
    pattern: `^(?=${STORABLE}$)${STORABLE}${tasks.NOT_BLANK.source}`,
  },
  description: { pattern: `^${STORABLE}$` },
  is_completed: { description: 'Another name of `completed`.' },
};

/** Adds what zod does not know to every object of the document that has fields of these names. */
export function describeFields({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  for (const [name, field] of Object.entries(jsonSchema.properties ?? {})) Object.assign(field, fields[name]);
}

export const task = tasks.taskSchema().register(z.globalRegistry, { id: 'Task' });
export const completeTask = tasks.completeTaskSchema().register(z.globalRegistry, { id: 'CompleteTask' });

/** The request bodies of a route prefix, as the components `Create…` and `Update…`. */
export function bodySchemas(prefix: keyof typeof tasks.maxDescription, noun: string) {
  const max = tasks.maxDescription[prefix];
  const create = tasks.createTaskSchema(max).register(z.globalRegistry, { id: `Create${noun}` });
  const update = tasks.updateTaskSchema(max).register(z.globalRegistry, { id: `Update${noun}` });
  const maxLength = Number.isFinite(max) ? { maxLength: max } : {};
  for (const { def } of [create, update]) z.globalRegistry.add(def.in.shape.description, maxLength);
  return { create, update };
}

const others = Object.keys(catalogue).filter((code) => code !== 'validation_failed');
const error = z.object({ detail: z.string(), code: z.enum(others) }).meta({ id: 'Error' });
const fieldErrors = z.array(z.object({ field: z.string(), message: z.string() })).min(1);
const validationError = z
  .object({ detail: z.string(), code: z.literal('validation_failed'), errors: fieldErrors })
  .meta({ id: 'ValidationError' });

/** @returns the body of an error with one of these codes. */
export function errorSchema(codes: ErrorCode[]): z.ZodType {
  const plain = codes.filter((code) => others.includes(code));
  if (plain.length === 0) return validationError;
  const exact = z.intersection(error, z.looseObject({ code: z.enum(plain) }));
  return plain.length === codes.length ? exact : z.union([exact, validationError]);
}
