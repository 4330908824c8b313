/** A response as a client saw it; status 0 if none came. */
export type Result = { status: number; headers: Headers; body: string; milliseconds: number };

export type Request = {
  method: string;
  path: string;
  token?: string;
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
};

/** So long that a slow response is reported as slow and not as missing. */
const TIMEOUT_MS = 180_000;

/** On a busy machine, a request may meet a connection that workerd has just closed after its 5 idle seconds. */
export const newConnection = { Connection: 'close' };

/** @returns the response as soon as its head has arrived. */
export function open(url: string, { method, path, token, body, headers, signal }: Request): Promise<Response> {
  return fetch(new URL(path, url), {
    method,
    signal: signal ?? AbortSignal.timeout(TIMEOUT_MS),
    headers: {
      ...newConnection,
      ...(token && { Authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

/** Never throws: if no response comes, the status is 0 and the body is the error. */
export async function send(url: string, request: Request): Promise<Result> {
  const start = performance.now();
  try {
    const response = await open(url, request);
    const body = await response.text();
    return { status: response.status, headers: response.headers, body, milliseconds: performance.now() - start };
  } catch (error) {
    return { status: 0, headers: new Headers(), body: String(error), milliseconds: performance.now() - start };
  }
}

export function isSuccess({ status }: { status: number }): boolean {
  return status >= 200 && status < 300;
}
