import * as z from 'zod';
import { USER_ID_PATTERN } from '../src/auth/user-id.ts';
import { IDEMPOTENCY_KEY_PATTERN } from '../src/http/idempotency-key.ts';
import { type listSchema, MAX_LIMIT, statusFilters } from '../src/tasks/list-schema.ts';

export const userId = z.string().regex(USER_ID_PATTERN).meta({ description: 'The token’s user.' });
export const taskId = z.int().meta({ description: 'The id of the task.' });

const optional = (schema: z.ZodType, description: string) => schema.optional().meta({ description });

/** The query of a list. A parameter may be repeated, so `listSchema` has arrays where a client sends one value. */
export const listQuery = z.object({
  completed: optional(z.boolean(), 'Only completed tasks, or only pending ones.'),
  is_completed: optional(z.boolean(), 'Another name of `completed`.'),
  status: optional(z.enum(Object.keys(statusFilters)), 'In any case. `active` and `incomplete` mean `pending`.'),
  limit: optional(z.int().min(1), `The size of a page, at most ${MAX_LIMIT}. Without it, the list has all tasks.`),
  cursor: optional(z.string(), 'Where the page begins. It comes from the `Link` of the page before.'),
} satisfies Record<keyof z.input<ReturnType<typeof listSchema>>, z.ZodType>);

const headers = {
  'If-Match': optional(z.string(), 'The `ETag` that the task must have, else the response is 412.'),
  'If-None-Match': optional(z.string(), 'The `ETag` that the client has. If it is current, the response is 304.'),
  'Idempotency-Key': optional(z.string().regex(IDEMPOTENCY_KEY_PATTERN), 'Makes the request safe to send again.'),
};

/** @returns these request headers. `X-Request-Id`, which every request may have, stands in the introduction. */
export function requestHeaders(...names: (keyof typeof headers)[]) {
  return z.object(Object.fromEntries(names.map((name) => [name, headers[name]])));
}
