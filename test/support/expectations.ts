import { expect } from 'vitest';
import { type ApiResponse, call } from './api.ts';
import type { Issuer } from './issuer.ts';

const details = {
  invalid_token: 'Invalid token',
  invalid_signature: 'Invalid token signature',
  token_expired: 'Token expired',
};

/** Expects the response to a refused token, with this description in its challenge. */
export function expectUnauthorized(
  { status, json, headers }: ApiResponse,
  code: keyof typeof details,
  description = '[^"]+',
): void {
  expect({ status, json }).toEqual({ status: 401, json: { detail: details[code], code } });
  const challenge = `^Bearer realm="taskflow", error="invalid_token", error_description="${description}"$`;
  expect(headers.get('www-authenticate')).toMatch(new RegExp(challenge));
}

/** Uses every method of the API with this token, and expects each to succeed. */
export async function useEveryMethod(
  tasks: string,
  { userId, ...credentials }: { userId: string; bearer: string; env: Issuer['env'] },
): Promise<void> {
  const send = (methodAndPath: string, body?: unknown) => call(methodAndPath, { ...credentials, body });
  expect(await send(`GET ${tasks}`)).toMatchObject({ status: 200, text: '[]' });
  const created = await send(`POST ${tasks}`, { title: 'Buy groceries' });
  expect(created).toMatchObject({ status: 201, json: { user_id: userId, title: 'Buy groceries', completed: false } });
  const path = `${tasks}/${created.json.id}`;
  expect(created.headers.get('location')).toBe(path);
  expect(await send(`GET ${tasks}`)).toMatchObject({ status: 200, json: [created.json] });
  expect(await send(`GET ${path}`)).toMatchObject({ status: 200, json: created.json });
  expect(await send(`PUT ${path}`, { title: 'Buy bread' })).toMatchObject({
    status: 200,
    json: { title: 'Buy bread' },
  });
  const updated = { title: 'Buy bread', description: 'Rye' };
  expect(await send(`PATCH ${path}`, { description: 'Rye' })).toMatchObject({ status: 200, json: updated });
  expect(await send(`PATCH ${path}/complete`)).toMatchObject({ status: 200, json: { ...updated, completed: true } });
  expect(await send(`DELETE ${path}`)).toMatchObject({ status: 204, text: '' });
  expect(await send(`GET ${path}`)).toMatchObject({ status: 404, json: { code: 'not_found' } });
}
