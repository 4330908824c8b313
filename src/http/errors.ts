/** Every error of the API: its stable code, its status and its default sentence. */
export const catalogue = {
  invalid_json: { status: 400, detail: 'The body is not valid JSON' },
  not_authenticated: { status: 401, detail: 'Not authenticated' },
  invalid_token: { status: 401, detail: 'Invalid token' },
  invalid_signature: { status: 401, detail: 'Invalid token signature' },
  token_expired: { status: 401, detail: 'Token expired' },
  forbidden: { status: 403, detail: 'Not allowed: this belongs to another user' },
  not_found: { status: 404, detail: 'Not found' },
  method_not_allowed: { status: 405, detail: 'Method not allowed' },
  version_mismatch: { status: 412, detail: 'The task has changed since: If-Match names another version' },
  body_too_large: { status: 413, detail: 'The body is larger than 1 MiB' },
  unsupported_media_type: {
    status: 415,
    detail: 'The body must be sent as application/json, in UTF-8 and without Content-Encoding',
  },
  validation_failed: { status: 422, detail: 'The request is not valid' },
  idempotency_key_reused: { status: 422, detail: 'This Idempotency-Key was sent before, with another body' },
  rate_limited: { status: 429, detail: 'Too many changes in a short time' },
  internal_error: { status: 500, detail: 'Internal server error' },
  misconfigured: { status: 500, detail: 'The server is not configured correctly' },
  database_unavailable: { status: 503, detail: 'The database is unavailable' },
  issuer_unavailable: { status: 503, detail: 'The token issuer is unavailable' },
} as const;

/** A stable word for programs. */
export type ErrorCode = keyof typeof catalogue;

/** One validation error: the field, parameter or header, and the rule that it must meet. */
export type FieldError = { field: string; message: string };

/** The body of every response of 400 and up (S1 FR-014: `detail` is always a sentence). */
export type ErrorBody = { detail: string; code: ErrorCode; errors?: FieldError[] | undefined };

type Details = {
  /** Replaces the default sentence. */
  detail?: string;
  errors?: FieldError[];
  headers?: Record<string, string>;
  /** For the log alone. Holds no token, secret or user content. */
  reason?: string;
};

/** An error with a response of its own. Anything else that is thrown becomes `internal_error`. */
export class ApiError implements Error {
  readonly name = 'ApiError';
  readonly message: string;
  readonly code: ErrorCode;
  readonly details: Details;

  constructor(code: ErrorCode, details: Details = {}) {
    this.message = code;
    this.code = code;
    this.details = details;
  }
}

// Hono needs an Error. With `extends`, each would capture a stack that nobody reads: a seventh of the cost of a 401.
Object.setPrototypeOf(ApiError.prototype, Error.prototype);

/** @returns the error of a request with these validation errors; its `detail` names each of them. */
export function validationError(errors: FieldError[]): ApiError {
  const detail = errors.map(({ field, message }) => `${field}: ${message}`).join('; ');
  return new ApiError('validation_failed', { detail, errors });
}

/** The protection space of the challenges (RFC 9110 §11.5). */
export const REALM = 'taskflow';

/** @returns the error of a request without credentials: its challenge has no `error` (RFC 6750 §3.1). */
export function notAuthenticated(): ApiError {
  return new ApiError('not_authenticated', { headers: { 'WWW-Authenticate': `Bearer realm="${REALM}"` } });
}

/** @returns the error of a refused token. The client is told `description` (RFC 6750 §3), the log `reason`. */
export function unauthorized(
  code: 'invalid_token' | 'invalid_signature' | 'token_expired',
  description: string,
  reason = description,
): ApiError {
  const challenge = `Bearer realm="${REALM}", error="invalid_token", error_description="${description}"`;
  return new ApiError(code, { headers: { 'WWW-Authenticate': challenge }, reason });
}
