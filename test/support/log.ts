import { expect, vi } from 'vitest';
import { type Call, call, freshUser } from './api.ts';

/** Sends a request. @returns the response and the one line of the log, as text and parsed. */
export async function callAndReadLog(request: string, options: Call = {}) {
  const log = vi.spyOn(console, 'log');
  const response = await call(request, options);
  expect(log).toHaveBeenCalledTimes(1);
  const text = String(log.mock.calls[0]?.[0]);
  log.mockRestore();
  return { response, text, line: JSON.parse(text) };
}

/** Sends a request, and expects this status, and this error in the log. */
export async function expectFailure(
  request: string,
  env: object,
  [status, reason, codes]: [status: number, reason: string, codes: object],
): Promise<void> {
  const { response, line } = await callAndReadLog(request, { user: freshUser(), body: bodyOf(request), env });
  const code = status === 503 ? 'database_unavailable' : 'internal_error';
  expect({ status: response.status, code: response.json.code }).toEqual({ status, code });
  expect(response.headers.get('retry-after')).toBe(status === 503 ? '2' : null);
  expect(line).toMatchObject({ level: 'error', status });
  expect(line.error).toEqual({ code, reason, ...codes });
}

/** A body that the request accepts, if it takes one. */
export function bodyOf(request: string): object | undefined {
  return /^P[A-Z]+ .*tasks(\/1)?$/.test(request) ? { title: 'x' } : undefined;
}
