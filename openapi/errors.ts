import { catalogue, type ErrorBody, type ErrorCode, validationError } from '../src/http/errors.ts';
import { type headers, jsonResponse, responseHeaders } from './responses.ts';
import { errorSchema } from './schemas.ts';

/** Bodies that differ from the catalogue. */
const examples: { [code in ErrorCode]?: Partial<ErrorBody> } = {
  not_found: { detail: 'Task not found' },
  validation_failed: validationError([{ field: 'title', message: 'is required' }]).details,
};

const headersOf: Record<string, keyof typeof headers> = {
  401: 'WWW-Authenticate',
  405: 'Allow',
  429: 'Retry-After',
  503: 'Retry-After',
};

/** @returns a component with this name, under its status: that of the first code, unless stated. */
function errors(id: string, codes: [ErrorCode, ...ErrorCode[]], status = `${catalogue[codes[0]].status}` as const) {
  const header = headersOf[status];
  const allHeaders = responseHeaders('Cache-Control', ...(header ? [header] : []));
  const description = codes.map((code) => `\`${code}\`: ${catalogue[code].detail}.`).join(' ');
  const bodies = codes.map((code) => [code, { value: { detail: catalogue[code].detail, code, ...examples[code] } }]);
  const body = { schema: errorSchema(codes), examples: Object.fromEntries(bodies) };
  return { [status]: { id, ...jsonResponse(description, allHeaders, body) } };
}

const rateLimited = errors('RateLimited', ['rate_limited']);
const refusedBody = {
  ...errors('BodyTooLarge', ['body_too_large']),
  ...errors('UnsupportedMediaType', ['unsupported_media_type']),
};
const validationFailed = errors('ValidationFailed', ['validation_failed']);

export const methodNotAllowed = errors('MethodNotAllowed', ['method_not_allowed']);
export const serverError = errors('ServerError', ['internal_error', 'misconfigured']);
export const unavailable = errors('Unavailable', ['database_unavailable', 'issuer_unavailable']);
export const unauthorized = errors('Unauthorized', [
  'not_authenticated',
  'invalid_token',
  'invalid_signature',
  'token_expired',
]);
export const forbidden = errors('Forbidden', ['forbidden']);
export const notFound = errors('NotFound', ['not_found']);
export const refusedDelete = { ...rateLimited, ...errors('VersionMismatch', ['version_mismatch']) };
export const invalidParameter = { ...errors('InvalidParameter', ['validation_failed'], '400'), ...validationFailed };
export const refusedWrite = {
  ...rateLimited,
  ...refusedBody,
  ...errors('InvalidBody', ['invalid_json', 'validation_failed']),
  ...validationFailed,
};
export const refusedUpdate = { ...refusedDelete, ...refusedWrite };
export const refusedCreate = {
  ...rateLimited,
  ...refusedBody,
  ...errors('InvalidCreate', ['invalid_json', 'validation_failed', 'idempotency_key_reused']),
  ...errors('CreateRefused', ['validation_failed', 'idempotency_key_reused']),
};
