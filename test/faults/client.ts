/** A response as a client saw it; status 0 where none came. */
export type Result = { status: number; headers: Headers; body: string; milliseconds: number };

export type Request = {
  method: string;
  path: string;
  token?: string;
  body?: unknown;
  headers?: Record<string, string>;
};

/** So long that a slow response is reported as slow and not as missing. */
const TIMEOUT_MS = 60_000;

/** @returns the response as soon as its head has arrived. */
export function open(url: string, { method, path, token, body, headers }: Request): Promise<Response> {
  return fetch(new URL(path, url), {
    method,
    signal: AbortSignal.timeout(TIMEOUT_MS),
    headers: {
      ...(token && { Authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

/** Never throws: where no response comes, the status is 0 and the body is the error. */
export async function send(url: string, request: Request): Promise<Result> {
  const start = performance.now();
  const { status, headers, body } = await receive(url, request).catch((error) => ({
    status: 0,
    headers: new Headers(),
    body: `${error} ${error.cause ?? ''}`,
  }));
  return { status, headers, body, milliseconds: performance.now() - start };
}

async function receive(url: string, request: Request): Promise<Omit<Result, 'milliseconds'>> {
  const response = await open(url, request);
  return { status: response.status, headers: response.headers, body: await response.text() };
}

export function isSuccess({ status }: { status: number }): boolean {
  return status >= 200 && status < 300;
}
