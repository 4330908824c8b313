import { Hono } from 'hono/tiny';
import type { AppEnv } from '../src/http/app-env.ts';
import { handleError } from '../src/http/error-handler.ts';
import { ApiError, type ErrorCode } from '../src/http/errors.ts';
import { jsonBody } from '../src/http/json-body.ts';
import { createTaskSchema as creation } from '../src/tasks/task-schema.ts';

/** When each failure comes, in the words of the document. */
const occasions: Record<ErrorCode, string> = {
  invalid_json: 'The body is not JSON, or not UTF-8, or empty where one is needed',
  not_authenticated: 'There is no `Authorization` header',
  invalid_token: 'The token is malformed, names no user, has no expiry, or is signed with a wrong algorithm',
  invalid_signature: 'The signature does not match',
  token_expired: 'The token has expired',
  forbidden: 'The address, or the task, belongs to another user',
  not_found: 'There is no such task',
  method_not_allowed: 'The path does not have this method',
  version_mismatch: 'The task has another version than those of `If-Match`; nothing was changed',
  body_too_large: 'The body is larger than 1 MiB',
  unsupported_media_type: 'The body came as something other than plain JSON in UTF-8',
  validation_failed: 'A field or a parameter breaks a rule',
  idempotency_key_reused: 'The key came with another body before',
  internal_error: 'A bug: the log has its cause under the `X-Request-Id`',
  misconfigured: 'A variable of the Worker is missing or refused: the log names it',
  database_unavailable: 'The database cannot be reached, or did not answer in time',
  issuer_unavailable: 'The key server cannot be reached, or did not answer in time',
};

export const errorCodes = Object.keys(occasions) as ErrorCode[];

/** The one sentence that the API says instead of a code's usual one. */
const details: Partial<Record<ErrorCode, string>> = { not_found: 'Task not found' };

/** The API, as far as it can fail by itself. */
const failing = new Hono<AppEnv>()
  .onError(handleError)
  .post(
    '/validation_failed',
    jsonBody(() => creation(1000)),
    (c) => c.text(''),
  )
  .post('/:code', (c) => {
    const code = c.req.param('code') as ErrorCode;
    throw new ApiError(code, { ...(details[code] && { detail: details[code] }) });
  });

/** A failure as the document tells it: its status, and the answer as the API itself gives it. */
export type Failure = { code: ErrorCode; occasion: string; status: number; answer: unknown };

async function failureOf(code: ErrorCode): Promise<Failure> {
  const body = { method: 'POST', body: '{"title":""}', headers: { 'Content-Type': 'application/json' } };
  const answer = await failing.request(`/${code}`, body);
  return { code, occasion: occasions[code], status: answer.status, answer: await answer.json() };
}

const failures = await Promise.all(errorCodes.map(failureOf));

/** @returns what the document says of a failure. */
export function failure(code: ErrorCode): Failure {
  return failures[errorCodes.indexOf(code)] as Failure;
}
