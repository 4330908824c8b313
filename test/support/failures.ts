import { expect } from 'vitest';
import { freshUser } from './api.ts';
import { callAndReadLog } from './log.ts';

/** Sends a request, and expects this status, and this error in the log. */
export async function expectFailure(
  request: string,
  env: object,
  [status, reason, codes]: [status: number, reason: string, codes: object],
): Promise<void> {
  const { response, line } = await callAndReadLog(request, { user: freshUser(), body: bodyOf(request), env });
  const code = status === 503 ? 'database_unavailable' : 'internal_error';
  expect({ status: response.status, code: response.json.code }).toEqual({ status, code });
  expect(line).toMatchObject({ level: 'error', status });
  expect(line.error).toEqual({ code, reason, ...codes });
}

/** A body that the request accepts, if it takes one. */
export function bodyOf(request: string): object | undefined {
  return /^P[A-Z]+ .*tasks(\/1)?$/.test(request) ? { title: 'x' } : undefined;
}
