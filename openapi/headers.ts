/** A header of an answer, as OpenAPI describes it. */
export type Header = { description: string; required?: true; schema: Record<string, unknown> };

/** Every header that an answer may carry, beside `Content-Type`, which OpenAPI has among the bodies. */
export const headers = {
  'X-Request-Id': {
    description: 'The id of this request in the log: the one that was sent, or a new one.',
    required: true,
    schema: { type: 'string', minLength: 1, maxLength: 255, examples: ['5f0f3c1e-9a63-4c0e-8a55-0b8e2d1f7c11'] },
  },
  'X-Content-Type-Options': {
    description: 'No guessing of content types.',
    required: true,
    schema: { type: 'string', const: 'nosniff' },
  },
  'Strict-Transport-Security': {
    description: 'Only in production: come back over HTTPS.',
    schema: { type: 'string', examples: ['max-age=15552000'] },
  },
  Vary: {
    description: 'The CORS headers depend on the `Origin` that was sent.',
    required: true,
    schema: { type: 'string', pattern: '^Origin(,|$)' },
  },
  'Access-Control-Allow-Origin': {
    description: 'The origin that was sent, if it is one of `CORS_ORIGINS`; otherwise there is no CORS header.',
    schema: { type: 'string', examples: ['https://app.example.com'] },
  },
  'Access-Control-Allow-Credentials': {
    description: 'Pages may send `credentials: "include"`.',
    schema: { type: 'string', const: 'true' },
  },
  'Access-Control-Expose-Headers': {
    description: 'The headers that pages of other origins may read.',
    schema: { type: 'string', const: 'ETag,Link,Location,Retry-After,X-Request-Id,Idempotency-Replayed' },
  },
  'Access-Control-Allow-Methods': {
    description: 'To a preflight: the methods that pages may use.',
    schema: { type: 'string', const: 'GET,HEAD,POST,PUT,PATCH,DELETE' },
  },
  'Access-Control-Allow-Headers': {
    description: 'To a preflight: the headers that pages may send.',
    schema: {
      type: 'string',
      const: 'Authorization,Content-Type,If-Match,If-None-Match,Idempotency-Key,X-Request-Id',
    },
  },
  'Access-Control-Max-Age': {
    description: 'To a preflight: the seconds for which a browser may remember it.',
    schema: { type: 'integer', const: 600 },
  },
  'Cache-Control': {
    description: 'Under `/api`: no shared cache keeps it, and the client’s own asks again.',
    schema: { type: 'string', const: 'private, no-cache' },
  },
  ETag: {
    description: 'The version of the task. It goes up with each real change. Send it as `If-Match` or `If-None-Match`.',
    required: true,
    schema: { type: 'string', pattern: '^"[1-9][0-9]*"$', examples: ['"1"'] },
  },
  Link: {
    description: 'With `limit`, where there is more: the address of the next page.',
    schema: { type: 'string', pattern: '^<[^>]+>; rel="next"$' },
  },
  Location: {
    description: 'The path of the new task.',
    required: true,
    schema: { type: 'string', pattern: '^/api/.+/[1-9][0-9]*$', examples: ['/api/tasks/1'] },
  },
  'Idempotency-Replayed': {
    description: 'The key has created this task before; nothing was created now.',
    schema: { type: 'string', const: 'true' },
  },
  'WWW-Authenticate': {
    description: 'The challenge (RFC 6750): with no `error` where no token was sent, else `error="invalid_token"`.',
    required: true,
    schema: {
      type: 'string',
      pattern: '^Bearer realm="taskflow"(, error="invalid_token", error_description="[^"]+")?$',
    },
  },
  Allow: {
    description: 'The methods that this path has.',
    required: true,
    schema: { type: 'string', examples: ['OPTIONS, HEAD, GET, POST'] },
  },
  'Retry-After': {
    description: 'The seconds after which to try again.',
    required: true,
    schema: { type: 'integer', minimum: 1, examples: [2] },
  },
} satisfies Record<string, Header>;

export type HeaderName = keyof typeof headers;

const everywhere: HeaderName[] = [
  'X-Request-Id',
  'X-Content-Type-Options',
  'Strict-Transport-Security',
  'Vary',
  'Access-Control-Allow-Origin',
  'Access-Control-Allow-Credentials',
  'Access-Control-Expose-Headers',
];

/** @returns references to these headers, and to those that stand on every answer. */
export function answerHeaders(...names: HeaderName[]): Record<string, { $ref: string }> {
  return Object.fromEntries(
    [...names, ...everywhere].map((name) => [name, { $ref: `#/components/headers/${name}` }] as const),
  );
}
