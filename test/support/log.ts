import { expect, vi } from 'vitest';
import { type Call, call } from './api.ts';

/** Sends a request. @returns the response and the one line of the log, as text and parsed. */
export async function callAndReadLog(request: string, options: Call = {}) {
  const log = vi.spyOn(console, 'log');
  try {
    const response = await call(request, options);
    expect(log).toHaveBeenCalledTimes(1);
    const text = String(log.mock.calls[0]?.[0]);
    return { response, text, line: JSON.parse(text) };
  } finally {
    log.mockRestore();
  }
}
