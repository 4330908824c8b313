import type { ErrorCode } from '../src/http/errors.ts';
import { failure } from './failures.ts';
import { answerHeaders, type HeaderName } from './headers.ts';
import { type JsonSchema, schemaRef } from './schemas.ts';

/** An answer as OpenAPI describes it. */
export type AnswerObject = {
  description: string;
  headers: Record<string, { $ref: string } | object>;
  content?: Record<string, object>;
};

const AS_400 = ' All but the first only where the deployment has `VALIDATION_ERROR_STATUS=400`; otherwise 422.';

function bodySchema(codes: ErrorCode[]): JsonSchema {
  const plain = codes.filter((code) => code !== 'validation_failed');
  const options = [
    ...(plain.length > 0 ? [{ allOf: [schemaRef('Error'), { properties: { code: { enum: plain } } }] }] : []),
    ...(plain.length < codes.length ? [schemaRef('ValidationError')] : []),
  ];
  return options.length === 1 ? (options[0] as JsonSchema) : { oneOf: options as JsonSchema[] };
}

/** @returns a failing answer with one of these codes, an example of each as the API gives it. */
function failing(
  codes: ErrorCode[],
  { headers = [], note = '' }: { headers?: HeaderName[]; note?: string } = {},
): AnswerObject {
  const failures = codes.map(failure);
  return {
    description: failures.map(({ code, occasion }) => `\`${code}\`: ${occasion}.`).join(' ') + note,
    headers: answerHeaders('Cache-Control', ...headers),
    content: {
      'application/json': {
        schema: bodySchema(codes),
        examples: Object.fromEntries(
          failures.map(({ code, occasion, answer }) => [
            code,
            { summary: `${code}: ${occasion.replaceAll('`', '')}`, value: answer },
          ]),
        ),
      },
    },
  };
}

/** The failing answers that several operations share, by their names in the document. */
export const responses = {
  BrokenRule: failing(['validation_failed'], {
    note: ' Only where the deployment has `VALIDATION_ERROR_STATUS=400`; otherwise 422.',
  }),
  InvalidBody: failing(['invalid_json', 'validation_failed'], { note: AS_400 }),
  InvalidCreation: failing(['invalid_json', 'validation_failed', 'idempotency_key_reused'], { note: AS_400 }),
  Unauthorized: failing(['not_authenticated', 'invalid_token', 'invalid_signature', 'token_expired'], {
    headers: ['WWW-Authenticate'],
  }),
  Forbidden: failing(['forbidden']),
  NotFound: failing(['not_found']),
  MethodNotAllowed: failing(['method_not_allowed'], { headers: ['Allow'] }),
  VersionMismatch: failing(['version_mismatch']),
  BodyTooLarge: failing(['body_too_large']),
  UnsupportedMediaType: failing(['unsupported_media_type']),
  ValidationFailed: failing(['validation_failed']),
  CreationRefused: failing(['validation_failed', 'idempotency_key_reused']),
  ServerError: failing(['internal_error', 'misconfigured']),
  Unavailable: failing(['database_unavailable', 'issuer_unavailable'], { headers: ['Retry-After'] }),
} satisfies Record<string, AnswerObject>;

/** A failing answer that operations share. */
export type FailureName = keyof typeof responses;

const statuses: Record<FailureName, number> = {
  BrokenRule: 400,
  InvalidBody: 400,
  InvalidCreation: 400,
  Unauthorized: 401,
  Forbidden: 403,
  NotFound: 404,
  MethodNotAllowed: 405,
  VersionMismatch: 412,
  BodyTooLarge: 413,
  UnsupportedMediaType: 415,
  ValidationFailed: 422,
  CreationRefused: 422,
  ServerError: 500,
  Unavailable: 503,
};

/** @returns references to failing answers, under their statuses. */
export function failures(...names: FailureName[]): Record<number, { $ref: string }> {
  return Object.fromEntries(names.map((name) => [statuses[name], { $ref: `#/components/responses/${name}` }]));
}
