import { describe, expect, test } from 'vitest';
import { type ApiResponse, call, routePrefixes } from './support/api.ts';
import { expectError } from './support/expectations.ts';

function expectMethodNotAllowed(response: ApiResponse, allow: string): void {
  expectError(response, 'method_not_allowed');
  expect(response.headers.get('allow')).toBe(allow);
}

describe.each(routePrefixes)('$prefix', ({ setUp }) => {
  test('a trailing slash changes nothing, whatever the method [S2 FR-007, S3 FR-006]', async () => {
    const { user, task, tasks, path } = await setUp();
    const created = await call(`POST ${tasks}/`, { user, body: { title: 'second' } });
    expect([created.status, created.headers.get('location')]).toEqual([201, `${tasks}/${created.json.id}`]);
    expect((await call(`GET ${tasks}/?status=pending`, { user })).json).toEqual([created.json, task]);
    for (const method of ['PUT', 'PATCH'])
      expect(await call(`${method} ${path}/`, { user, body: { title: method } })).toMatchObject({
        status: 200,
        json: { title: method },
      });
    const toggled = await call(`PATCH ${path}/complete/`, { user });
    expect(toggled).toMatchObject({ status: 200, json: { completed: true } });
    expect((await call(`DELETE ${path}/`, { user })).status).toBe(204);
    expect((await call(`GET ${tasks}`, { user })).json).toEqual([created.json]);
  });

  test('HEAD responds as GET does, without the body', async () => {
    const { user, tasks, path } = await setUp();
    for (const url of [tasks, `${tasks}?limit=1`, path, `${tasks}/0`, `${tasks}/abc`]) {
      const [head, get] = [await call(`HEAD ${url}`, { user }), await call(`GET ${url}`, { user })];
      expect([head.status, head.text]).toEqual([get.status, '']);
      for (const name of ['content-type', 'etag', 'link', 'cache-control', 'vary'])
        expect(head.headers.get(name)).toBe(get.headers.get(name));
    }
  });

  test.each([
    ['', ['PUT', 'PATCH', 'DELETE', 'PROPFIND'], 'OPTIONS, HEAD, GET, POST'],
    ['/:id', ['POST', 'PROPFIND'], 'OPTIONS, HEAD, GET, PUT, PATCH, DELETE'],
    ['/:id/complete', ['GET', 'POST', 'PUT', 'DELETE'], 'OPTIONS, PATCH'],
    ['/:id/complete/', ['POST'], 'OPTIONS, PATCH'],
  ])('the path "%s" has none of the methods %j, and its Allow is %s', async (suffix, methods, allow) => {
    const { user, task, tasks } = await setUp();
    for (const method of methods)
      expectMethodNotAllowed(await call(`${method} ${tasks}${suffix.replace(':id', task.id)}`, { user }), allow);
    expect((await call(`GET ${tasks}`, { user })).json).toEqual([task]);
  });
});

test.each(['/health', '/ready'])('%s has GET and HEAD, with or without a trailing slash', async (path) => {
  expect(await call(`HEAD ${path}`)).toMatchObject({ status: 200, text: '' });
  expect(await call(`GET ${path}/`)).toMatchObject({ status: 200, json: { status: 'ok' } });
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'])
    expectMethodNotAllowed(await call(`${method} ${path}`), 'OPTIONS, HEAD, GET');
});
