import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import worker from '../../../dist/worker/index.js';
import type { Bindings } from '../../../src/http/app-env.ts';
import { bindings } from '../api.ts';
import { publicKeyAlgs } from './forge.ts';
import type { Hostile, Refusal } from './types.ts';

type Answer = { status: number; headers: Headers; text: string };

const configurations = new Map<string, Bindings>();

/** One object per configuration, since the Worker reads each object once. */
function configured(env: Partial<Bindings>): Bindings {
  const whole = { ...bindings, ...env };
  const known = configurations.get(JSON.stringify(whole)) ?? whole;
  configurations.set(JSON.stringify(whole), known);
  return known;
}

/** Calls the Worker's own function: a hundred times as fast as `call`, and none of these requests needs a database. */
export async function attack(
  route: string,
  { authorization, headers, query, env }: Hostile,
  usual: Partial<Bindings>,
): Promise<Answer> {
  const [method = '', path = ''] = route.split(' ');
  const writes = /^P/.test(method) && { body: JSON.stringify(path.endsWith('/complete') ? {} : { title: 'stolen' }) };
  const request = new Request(`https://api.example.com${path}${query ? `?${query}` : ''}`, {
    method,
    headers: {
      ...(writes && { 'Content-Type': 'application/json' }),
      ...(authorization !== undefined && { Authorization: authorization }),
      ...headers,
    },
    ...writes,
  });
  const context = createExecutionContext();
  const response = await worker.fetch(request, configured({ ...usual, ...env }), context);
  const text = await response.text();
  await waitOnExecutionContext(context);
  return { status: response.status, headers: response.headers, text };
}

/** What the contract says of each refusal. */
const sentences: Record<Refusal, string> = {
  invalid_token: 'Invalid token',
  invalid_signature: 'Invalid token signature',
  token_expired: 'Token expired',
  not_authenticated: 'Not authenticated',
};

/** What of an answer is not as the contract has it. */
export function differences(
  hostile: Hostile,
  user: string,
  route: string,
  { status, headers, text }: Answer,
): string[] {
  const { refusal } = hostile;
  const body = JSON.stringify({ detail: sentences[refusal], code: refusal });
  const challenge = headers.get('www-authenticate') ?? '';
  const whole = `${text}\n${[...headers].join('\n')}`;
  return [
    status !== 401 && `status ${status}`,
    text !== (route.startsWith('HEAD') ? '' : body) && `body ${text.slice(0, 60)}`,
    !/^Bearer realm="[^"]+"/.test(challenge) && `challenge ${challenge}`,
    challenge.includes('error="invalid_token"') !== (refusal !== 'not_authenticated') && `challenge ${challenge}`,
    secretsOf(hostile, user).some((secret) => whole.includes(secret)) && 'leaks into the answer',
  ].filter((fault) => fault !== false);
}

/** What of the credentials may come back nowhere: the user that they name, and each segment. */
export function secretsOf({ authorization = '', headers = {}, query = '' }: Hostile, user: string): string[] {
  const sent = [authorization, query, ...Object.values(headers)].join(' ');
  return [user, ...sent.split(/[^\w-]+/).filter((part) => part.length >= 16)];
}

/** Whether the kind of a token leaves any reason to look for its key: without one, nothing may be fetched. */
export function namesKey({ authorization = '', env }: Hostile): boolean {
  const [, header = ''] = /^bearer +([\w-]+)\.[\w-]+\.[\w-]+$/i.exec(authorization) ?? [];
  if (env?.BETTER_AUTH_URL === '') return false;
  try {
    const { alg, kid } = JSON.parse(atob(header.replaceAll('-', '+').replaceAll('_', '/')));
    return [...publicKeyAlgs, 'Ed25519'].includes(alg) && typeof kid === 'string' && kid !== '';
  } catch {
    return false;
  }
}
