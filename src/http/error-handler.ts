import type { Context } from 'hono';
import { ConfigError } from '../config.ts';
import { DatabaseError } from '../db/errors.ts';
import type { AppEnv } from './app-env.ts';
import { ApiError, catalogue, type ErrorBody } from './errors.ts';

/** Seconds after which a client may retry a 503. */
const RETRY_AFTER = '2';

/** Turns every error into its response. */
export function handleError(error: Error, c: Context<AppEnv>): Response {
  const { code, details } = toApiError(error);
  const { status: defaultStatus, detail } = catalogue[code];
  const status = defaultStatus === 422 ? (c.get('config')?.validationStatus ?? defaultStatus) : defaultStatus;
  if (status === 503) c.header('Retry-After', RETRY_AFTER);
  for (const [name, value] of Object.entries(details.headers ?? {})) c.header(name, value);
  const body: ErrorBody = { detail: details.detail ?? detail, code, errors: details.errors };
  return c.json(body, status);
}

/** What the log may say of an error: names and codes, never its message, which may hold SQL, values or tokens. */
export function describeError(error: unknown): Record<string, unknown> {
  const { code, details } = toApiError(error);
  if (details.reason) return { code, reason: details.reason, ...(error instanceof DatabaseError && error.codes) };
  return code === 'internal_error' && error instanceof Error
    ? { code, error: error.name, stack: framesOf(error) }
    : { code };
}

function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof ConfigError) return new ApiError('misconfigured', { reason: error.message });
  if (!(error instanceof DatabaseError)) return new ApiError('internal_error');
  const { transient, reason } = error.meaning;
  return new ApiError(transient ? 'database_unavailable' : 'internal_error', { reason });
}

const MAX_FRAMES = 5;

/** The first frames of a stack, without the message before them, which may hold values over several lines. */
function framesOf({ name, message, stack = '' }: Error): string[] {
  const header = message ? `${name}: ${message}` : name;
  if (!stack.startsWith(header)) return [];
  return (stack.slice(header.length).match(/(?<=^\s*)at .+/gm) ?? []).slice(0, MAX_FRAMES);
}
