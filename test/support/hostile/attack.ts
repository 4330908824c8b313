import worker from '../../../dist/tested/index.js';
import { catalogue } from '../../../src/http/errors.ts';
import { bindings } from '../api.ts';
import { decode, type Hostile } from './world.ts';

/** Sends hostile credentials to one route (`GET /api/tasks`), and returns what the contract forbids in the response. */
export async function attack(route: string, hostile: Hostile, user: string, env: Hostile['env']): Promise<string[]> {
  const [method = '', path] = route.split(' ');
  const { refusal, headers, query = '' } = hostile;
  const request = new Request(`https://api.example.com${path}?${query}`, {
    method,
    headers: { 'Content-Type': 'application/json', ...headers },
    body: method.startsWith('P') ? '{"title":"stolen","completed":true}' : null,
  });
  const response = await worker.fetch(request, { ...bindings, ...env, ...hostile.env });
  const text = await response.text();
  const body = method === 'HEAD' ? '' : JSON.stringify({ detail: catalogue[refusal].detail, code: refusal });
  const error = refusal === 'not_authenticated' ? '' : ', error="invalid_token", error_description="[^"]+"';
  const challenge = response.headers.get('WWW-Authenticate') ?? '';
  return [
    response.status !== 401 && `status ${response.status}`,
    text !== body && `body ${text.slice(0, 60)}`,
    !new RegExp(`^Bearer realm="[\\w-]+"${error}$`).test(challenge) && `challenge ${challenge}`,
    leaks(`${text}\n${[...response.headers].join('\n')}`, hostile, user) && 'a leak in the response',
  ].filter((violation) => violation !== false);
}

/** Whether `text` shows the user that the credentials name, or a part of the credentials. */
export function leaks(text: string, { headers = {}, query = '' }: Hostile, user: string): boolean {
  const parts = [query, ...Object.values(headers)].join(' ').split(/[^\w-]+/);
  return [user, ...parts.filter((part) => part.length >= 16)].some((secret) => text.includes(secret));
}

/** Whether the token is well-formed and asks for a published key. For all others nothing may be fetched. */
export function asksForKey({ headers, env }: Hostile): boolean {
  const [, header = ''] = /^Bearer ([\w-]+)\.[\w-]+\.[\w-]+$/.exec(headers?.Authorization ?? '') ?? [];
  const asks = /"alg":"(EdDSA|ES256|ES512|RS256|PS256)".*"kid":"[^"]/;
  return env?.BETTER_AUTH_URL !== '' && asks.test(decode(header).toString());
}
