import { describe, expect, test } from 'vitest';
import { addresses, call, createTask, freshUser } from './support/api.ts';

describe.each(addresses)('at the $address', ({ tasksOf }) => {
  const setUp = async () => {
    const user = freshUser();
    const task = await createTask(user);
    return { user, task, tasks: tasksOf(user), at: `${tasksOf(user)}/${task.id}` };
  };

  test('S2 FR-007, S3 FR-006: a trailing slash changes nothing, whatever the method', async () => {
    const { user, task, tasks, at } = await setUp();
    const created = await call(`POST ${tasks}/`, { user, body: { title: 'second' } });
    expect([created.status, created.headers.get('location')]).toEqual([201, `${tasks}/${created.json.id}`]);
    expect((await call(`GET ${tasks}/?status=pending`, { user })).json).toEqual([created.json, task]);
    const put = await call(`PUT ${at}/`, { user, body: { title: 'put' } });
    expect([put.status, put.json.title]).toEqual([200, 'put']);
    const patched = await call(`PATCH ${at}/`, { user, body: { title: 'patched' } });
    expect([patched.status, patched.json.title]).toEqual([200, 'patched']);
    const toggled = await call(`PATCH ${at}/complete/`, { user });
    expect([toggled.status, toggled.json.completed]).toEqual([200, true]);
    expect((await call(`DELETE ${at}/`, { user })).status).toBe(204);
    expect((await call(`GET ${tasks}`, { user })).json).toEqual([created.json]);
  });

  test('HEAD answers as GET does, headers too, without the body', async () => {
    const { user, tasks, at } = await setUp();
    for (const path of [tasks, `${tasks}?limit=1`, at, `${tasks}/0`, `${tasks}/abc`]) {
      const [head, get] = [await call(`HEAD ${path}`, { user }), await call(`GET ${path}`, { user })];
      expect([head.status, head.text]).toEqual([get.status, '']);
      for (const name of ['content-type', 'etag', 'link', 'cache-control', 'vary'])
        expect(head.headers.get(name)).toBe(get.headers.get(name));
    }
  });

  test.each([
    ['', ['PUT', 'PATCH', 'DELETE', 'PROPFIND'], 'OPTIONS, HEAD, GET, POST'],
    ['/:id', ['POST', 'PROPFIND'], 'OPTIONS, HEAD, GET, PUT, PATCH, DELETE'],
    ['/:id/complete', ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'], 'OPTIONS, PATCH'],
  ])('…%s has none of the methods %j: 405, Allow: %s, and nothing happens', async (suffix, methods, allow) => {
    const { user, task, tasks } = await setUp();
    for (const method of methods) {
      const answer = await call(`${method} ${tasks}${suffix.replace(':id', task.id)}`, { user });
      expect([method, answer.status, answer.headers.get('allow')]).toEqual([method, 405, allow]);
    }
    expect((await call(`GET ${tasks}`, { user })).json).toEqual([task]);
  });

  test.each([
    ['GET', '', undefined],
    ['PUT', '', { title: 'x' }],
    ['PATCH', '', {}],
    ['PATCH', '/complete', undefined],
    ['DELETE', '', undefined],
  ])(
    'S1 US4.4, S1 EC6: %s …/{id}%s knows no task of a number below what an id can be, 404',
    async (method, suffix, body) => {
      const { user, tasks } = await setUp();
      for (const id of ['-9223372036854775808', '-9223372036854775809', `-${'9'.repeat(30)}`]) {
        const answer = await call(`${method} ${tasks}/${id}${suffix}`, { user, body });
        expect([id, answer.status, answer.json.code]).toEqual([id, 404, 'not_found']);
      }
    },
  );
});

test.each(['/health', '/ready'])('%s answers HEAD and a trailing slash, and 405 to all else', async (path) => {
  expect(await call(`HEAD ${path}`)).toMatchObject({ status: 200, text: '' });
  expect(await call(`GET ${path}/`)).toMatchObject({ status: 200, json: { status: 'ok' } });
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
    const { status, headers } = await call(`${method} ${path}`);
    expect([status, headers.get('allow')]).toEqual([405, 'OPTIONS, HEAD, GET']);
  }
});
