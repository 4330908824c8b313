import * as z from 'zod';
import type { ZodOpenApiMediaTypeObject, ZodOpenApiResponseObject } from 'zod-openapi';
import { corsPolicy } from '../src/http/cors.ts';
import { REALM } from '../src/http/errors.ts';

const matching = (pattern: RegExp) => z.string().regex(pattern);

/** Headers of every response. */
const common = {
  // As Hono's `requestId` middleware takes it from a client.
  'X-Request-Id': matching(/^[\w=-]{1,255}$/).meta({ description: 'The id of this request in the log.' }),
  'X-Content-Type-Options': z.literal('nosniff'),
  'Strict-Transport-Security': z.string().optional().meta({ description: 'In production.' }),
  Vary: matching(/^Origin(,|$)/),
  'Access-Control-Allow-Origin': z.string().optional().meta({ description: 'For the origins in `CORS_ORIGINS`.' }),
  'Access-Control-Allow-Credentials': z.literal('true').optional(),
  'Access-Control-Expose-Headers': z.literal(corsPolicy.exposeHeaders.join()).optional(),
};

/** Every response header, by its name. */
export const headers = {
  ...common,
  'Cache-Control': z.literal('private, no-cache').optional().meta({ description: 'Under `/api`.' }),
  ETag: matching(/^"[1-9][0-9]*"$/).meta({ description: 'The version of the task, which goes up with each change.' }),
  Link: matching(/^<[^>]+>; rel="next"$/).optional(),
  Location: matching(/^\/api\/.+\/[1-9][0-9]*$/),
  'Idempotency-Replayed': z.literal('true').optional().meta({ description: 'Nothing was created now.' }),
  'WWW-Authenticate': matching(
    new RegExp(`^Bearer realm="${REALM}"(, error="invalid_token", error_description="[^"]+")?$`),
  ),
  Allow: z.string(),
  'Retry-After': z.int().min(1).meta({ description: 'In seconds.' }),
};

/** @returns these headers and those of every response. */
export function responseHeaders(...names: (keyof typeof headers)[]) {
  return z.object({ ...Object.fromEntries(names.map((name) => [name, headers[name]])), ...common });
}

/** @returns a response with a JSON body. */
export function jsonResponse(description: string, headers: z.ZodObject, body: ZodOpenApiMediaTypeObject) {
  return { description, headers, content: { 'application/json': body } } satisfies ZodOpenApiResponseObject;
}
