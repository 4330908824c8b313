import { paths } from 'virtual:openapi';
import { expect, test } from 'vitest';
import { type Call, call, createTask, FRONTEND, freshUser } from './support/api.ts';

/** Every status of every operation in the document; that of 405 is the path's, and any method that it has not shows it. */
const documented = paths.flatMap(({ template, methods }) =>
  Object.entries(methods).flatMap(([method, answers]) =>
    Object.keys(answers).map((status) => [Number(status), method, template] as const),
  ),
);

const noDatabase = { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' };

/** What makes an operation answer so, beside what makes it succeed. */
function cause(status: number, method: string, hasBody: boolean): Call & { id?: string; query?: string } {
  const broken = { id: 'abc', query: '?limit=0', ...(hasBody && { body: { title: 1, completed: 1 } }) };
  const causes: Record<number, ReturnType<typeof cause>> = {
    400: hasBody ? { body: '{' } : { ...broken, env: { VALIDATION_ERROR_STATUS: '400' } },
    401: { user: null },
    403: { user: freshUser() },
    404: { id: '0' },
    412: { headers: { 'If-Match': '"7"' } },
    413: { body: ' '.repeat(1_048_577) },
    415: { headers: { 'Content-Type': 'text/plain' }, body: '{}' },
    422: broken,
    500: { env: { BETTER_AUTH_SECRET: 'short' } },
    503: { env: noDatabase },
  };
  return { ...(method === 'OPTIONS' && status === 204 && { headers: { Origin: FRONTEND } }), ...causes[status] };
}

test.each(documented)('%i of %s %s is not only documented: it is answered', async (status, method, template) => {
  const user = freshUser();
  const task = await createTask(user);
  const hasBody = ['POST', 'PUT', 'PATCH'].includes(method);
  const { id = task.id, query = '', ...options } = cause(status, method, hasBody);
  const path = template.replace('{user_id}', user).replace('{id}', id);
  const known = status === 304 ? (await call(`GET ${path}`, { user })).headers.get('ETag') : undefined;
  const headers = { ...(known && { 'If-None-Match': known }) };
  const body = hasBody ? { title: 'Buy bread' } : undefined;
  const answer = await call(`${status === 405 ? 'PROPFIND' : method} ${path}${query}`, {
    user,
    body,
    headers,
    ...options,
  });
  expect(answer.status).toBe(status);
});
