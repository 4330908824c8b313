import { expect } from 'vitest';
import { type Answer, call } from './api.ts';
import type { Issuer } from './issuer.ts';

const refusals = {
  invalid_token: 'Invalid token',
  invalid_signature: 'Invalid token signature',
  token_expired: 'Token expired',
};

/** Expects the answer that a token gets which opens nothing. */
export function expectRefusal(answer: Answer, code: keyof typeof refusals): void {
  expect({ status: answer.status, json: answer.json }).toEqual({
    status: 401,
    json: { detail: refusals[code], code },
  });
  expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer realm="taskflow", error="invalid_token"/);
}

/** Uses every method of the API with this token, and expects each to do for its user what it should. */
export async function useEveryMethod(
  tasks: string,
  { userId, ...credentials }: { userId: string; bearer: string; env: Issuer['env'] },
): Promise<void> {
  const send = (methodAndPath: string, body?: unknown) => call(methodAndPath, { ...credentials, body });
  expect(await send(`GET ${tasks}`)).toMatchObject({ status: 200, text: '[]' });
  const created = await send(`POST ${tasks}`, { title: 'Buy groceries' });
  expect(created).toMatchObject({ status: 201, json: { user_id: userId, title: 'Buy groceries', completed: false } });
  const at = `${tasks}/${created.json.id}`;
  expect(created.headers.get('location')).toBe(at);
  expect(await send(`GET ${tasks}`)).toMatchObject({ status: 200, json: [created.json] });
  expect(await send(`GET ${at}`)).toMatchObject({ status: 200, json: created.json });
  expect(await send(`PUT ${at}`, { title: 'Buy bread' })).toMatchObject({ status: 200, json: { title: 'Buy bread' } });
  const changed = { title: 'Buy bread', description: 'Rye' };
  expect(await send(`PATCH ${at}`, { description: 'Rye' })).toMatchObject({ status: 200, json: changed });
  expect(await send(`PATCH ${at}/complete`)).toMatchObject({ status: 200, json: { ...changed, completed: true } });
  expect(await send(`DELETE ${at}`)).toMatchObject({ status: 204, text: '' });
  expect(await send(`GET ${at}`)).toMatchObject({ status: 404, json: { code: 'not_found' } });
}
