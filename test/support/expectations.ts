import { expect } from 'vitest';
import { catalogue, type ErrorCode } from '../../src/http/errors.ts';
import { type ApiResponse, type Call, call } from './api.ts';

/** Expects the error of this code; test/every-response.test.ts holds the status and the sentence of each. */
export function expectError({ status, json }: ApiResponse, code: ErrorCode): void {
  const expected = catalogue[code];
  expect({ status, json }).toEqual({ status: expected.status, json: { detail: expected.detail, code } });
}

/** Expects the response to a refused token, with this description in its challenge. */
export function expectUnauthorized(response: ApiResponse, code: ErrorCode, description = '[^"]+'): void {
  expectError(response, code);
  const challenge = `^Bearer realm="taskflow", error="invalid_token", error_description="${description}"$`;
  expect(response.headers.get('www-authenticate')).toMatch(new RegExp(challenge));
}

/** Uses every method of the API with this token, and expects each to succeed. */
export async function useEveryMethod(tasks: string, { userId, ...credentials }: Call & { userId: string }) {
  const send = (methodAndPath: string, body?: unknown) => call(methodAndPath, { ...credentials, body });
  const created = await send(`POST ${tasks}`, { title: 'Buy groceries' });
  expect(created).toMatchObject({ status: 201, json: { user_id: userId, title: 'Buy groceries' } });
  const task = `${tasks}/${created.json.id}`;
  expect(await send(`GET ${tasks}`)).toMatchObject({ status: 200, json: [created.json] });
  expect(await send(`GET ${task}`)).toMatchObject({ status: 200, json: created.json });
  for (const method of ['PUT', 'PATCH'])
    expect(await send(`${method} ${task}`, { title: method })).toMatchObject({ status: 200, json: { title: method } });
  expect(await send(`PATCH ${task}/complete`)).toMatchObject({ status: 200, json: { completed: true } });
  expect(await send(`DELETE ${task}`)).toMatchObject({ status: 204, text: '' });
  expect(await send(`GET ${task}`)).toMatchObject({ status: 404, json: { code: 'not_found' } });
}
