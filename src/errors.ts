import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { type DatabaseFailure, databaseFailure } from './db/failures.ts';
import type { AppEnv } from './index.ts';

/** Seconds after which a client may try again what a passing failure refused. */
const RETRY_AFTER = '2';

/** Every way a request can fail: its code on the wire, its status and its usual sentence. */
const failures = {
  invalid_json: [400, 'The body is not valid JSON'],
  not_authenticated: [401, 'Not authenticated'],
  invalid_token: [401, 'Invalid token'],
  invalid_signature: [401, 'Invalid token signature'],
  token_expired: [401, 'Token expired'],
  forbidden: [403, 'Not allowed: this belongs to another user'],
  not_found: [404, 'Not found'],
  method_not_allowed: [405, 'Method not allowed'],
  version_mismatch: [412, 'The task has changed since: If-Match names another version'],
  body_too_large: [413, 'The body is larger than 1 MiB'],
  unsupported_media_type: [415, 'The body must be sent as application/json, in UTF-8 and without Content-Encoding'],
  validation_failed: [422, 'The request is not valid'],
  idempotency_key_reused: [422, 'This Idempotency-Key was sent before, with another body'],
  internal_error: [500, 'Internal server error'],
  misconfigured: [500, 'The server is not configured correctly'],
  database_unavailable: [503, 'The database is unavailable; please try again'],
  issuer_unavailable: [503, 'The key server is unavailable; please try again'],
} as const satisfies Record<string, readonly [ContentfulStatusCode, string]>;

/** A stable word for programs. */
export type ErrorCode = keyof typeof failures;

/** One rule that a request broke: the field (or parameter) and what it must be. */
export type FieldError = { field: string; message: string };

/** The body of every answer of 400 and up (S1 FR-014: `detail` is always there, and always a sentence). */
export type ErrorBody = { detail: string; code: ErrorCode; errors?: FieldError[] };

type Details = {
  /** Another sentence than the code's usual one. */
  detail?: string;
  errors?: FieldError[];
  headers?: Record<string, string>;
  /** For the log alone; names things, holds no value that a user or an operator keeps secret. */
  log?: string;
};

/** A failure that has an answer of its own. Everything else that is thrown becomes `internal_error`. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: ErrorCode;
  readonly details: Details;

  constructor(code: ErrorCode, details: Details = {}) {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0; // Nobody reads where an answer was decided, and to find it out is a seventh of a 401.
    super(code);
    Error.stackTraceLimit = stackTraceLimit;
    this.code = code;
    this.details = details;
  }
}

/** @returns the failure of a request that broke these rules, its `detail` naming each. */
export function validationError(errors: FieldError[]): ApiError {
  return new ApiError('validation_failed', {
    detail: errors.map(({ field, message }) => `${field}: ${message}`).join('; '),
    errors,
  });
}

/** @returns the failure of a request for a path that leads nowhere. */
export function unknownPath(): ApiError {
  return new ApiError('not_found', { detail: 'There is nothing at this path' });
}

/** The one place where an error becomes an answer. */
export function answerError(error: Error, c: Context<AppEnv>): Response {
  const { code, details } = asApiError(error);
  const [usualStatus, sentence] = failures[code];
  const status = usualStatus === 422 ? (c.get('config')?.validationStatus ?? usualStatus) : usualStatus;
  if (status === 503) c.header('Retry-After', RETRY_AFTER);
  for (const [name, value] of Object.entries(details.headers ?? {})) c.header(name, value);
  const body: ErrorBody = {
    detail: details.detail ?? sentence,
    code,
    ...(details.errors && { errors: details.errors }),
  };
  return c.json(body, status);
}

/** What the log may say of an error: names and codes, never its message, which may hold statements, values or tokens. */
export function describeError(error: Error): Record<string, string> {
  const failure = databaseFailure(error);
  if (failure) return describeDatabaseFailure(failure);
  if (error instanceof ApiError) return { code: error.code, ...(error.details.log && { reason: error.details.log }) };
  return { code: 'internal_error', error: error.name };
}

function describeDatabaseFailure({ transient, reason, sqlstate }: DatabaseFailure): Record<string, string> {
  return { code: transient ? 'database_unavailable' : 'internal_error', reason, ...(sqlstate && { sqlstate }) };
}

function asApiError(error: Error): ApiError {
  if (error instanceof ApiError) return error;
  if (databaseFailure(error)?.transient) return new ApiError('database_unavailable');
  return new ApiError('internal_error');
}
