import { operations } from 'virtual:openapi';
import { expect, test } from 'vitest';
import { type ApiResponse, type Call, call, createTask, freshUser } from './support/api.ts';
import { expectDocumented } from './support/openapi.ts';
import { limitedTo } from './support/worker.ts';

const documented = operations.flatMap(({ method, path, responses, body }) =>
  Object.keys(responses).map((status) => [Number(status), method, path, body] as const),
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
  async (status, operation, path, example) => {
    const user = freshUser();
    const task = await createTask(user);
    const url = (id: string) => path.replace('{user_id}', user).replace('{id}', id);
    const etag = status === 304 ? (await call(`GET ${url(task.id)}`, { user })).headers.get('ETag') : null;
    const cause = causeOf(status, example !== undefined, etag ?? '');
    const { method = operation, id = task.id, query = '', ...options } = cause;
    const response = await call(`${method} ${url(id)}${query}`, { user, body: example, ...options });
    expect(response.status).toBe(status);
  },
);

const withHeader = ({ headers, ...rest }: ApiResponse, name: string, value: string): ApiResponse => ({
  ...rest,
  headers: new Headers([...headers, [name, value]]),
});

test.each<[string, (response: ApiResponse) => ApiResponse]>([
  ['status', (response) => ({ ...response, status: 201 })],
  ['header', (response) => withHeader(response, 'X-Powered-By', 'Hono')],
  ['value of a header', (response) => withHeader(response, 'X-Content-Type-Options', 'sniff')],
  ['media type', (response) => withHeader(response, 'Content-Type', 'text/plain')],
  ['field', (response) => ({ ...response, json: { status: 'ok', version: 1 } })],
  ['missing body', (response) => ({ ...response, text: '', json: undefined })],
])('a response with an undocumented %s fails the test that receives it', async (_, alter) => {
  const response = await call('GET /health');
  const hold = (altered: ApiResponse) => () => expectDocumented('GET', 'https://api.example.com/health', altered);
  expect(hold(response)).not.toThrow();
  expect(hold(alter(response))).toThrow('GET /health is not as documented');
});
