import { operations } from 'virtual:openapi';
import { expect, test } from 'vitest';
import { type Call, call, createTask, freshUser } from './support/api.ts';
import { limitedTo } from './support/worker.ts';

const documented = operations.flatMap(({ method, path, responses }) =>
  Object.keys(responses).map((status) => [Number(status), method, path] as const),
);

type Cause = Call & { method?: string; id?: string; query?: string };

/** What gives a status to an operation that otherwise succeeds. */
function causeOf(status: number, hasBody: boolean, etag: string): Cause {
  const invalid = { id: 'abc', query: '?limit=0', ...(hasBody && { body: { title: 1, completed: 1 } }) };
  const causes: Record<number, Cause> = {
    304: { headers: { 'If-None-Match': etag } },
    400: hasBody ? { body: '{' } : { ...invalid, env: { VALIDATION_ERROR_STATUS: '400' } },
    401: { user: null },
    403: { user: freshUser() },
    404: { id: '0' },
    405: { method: 'PROPFIND' },
    412: { headers: { 'If-Match': '"7"' } },
    413: { body: ' '.repeat(1_048_577) },
    415: { headers: { 'Content-Type': 'text/plain' }, body: '{}' },
    422: invalid,
    429: { env: limitedTo(0) },
    500: { env: { BETTER_AUTH_SECRET: 'short' } },
    503: { env: { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' } },
  };
  return causes[status] ?? {};
}

test.each(documented)(
  'the documented status %i of %s %s occurs, with the documented headers and body',
  async (status, operation, path) => {
    const user = freshUser();
    const task = await createTask(user);
    const hasBody = ['POST', 'PUT', 'PATCH'].includes(operation);
    const url = (id: string) => path.replace('{user_id}', user).replace('{id}', id);
    const etag = status === 304 ? (await call(`GET ${url(task.id)}`, { user })).headers.get('ETag') : null;
    const { method = operation, id = task.id, query = '', ...options } = causeOf(status, hasBody, etag ?? '');
    const body = hasBody ? { title: 'Buy bread' } : undefined;
    const response = await call(`${method} ${url(id)}${query}`, { user, body, ...options });
    expect(response.status).toBe(status);
  },
);
