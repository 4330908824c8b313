import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type RequestListener, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sign } from 'hono/jwt';
import { inject, onTestFinished, vi } from 'vitest';
import { PATIENCE, startWorkerd } from './workerd.ts';

const { x = '', d = '' } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
const key = { kty: 'OKP', crv: 'Ed25519', x };

/** Responds with a JWKS of one key, `first`. */
export function publish(response: ServerResponse): void {
  response.end(JSON.stringify({ keys: [{ ...key, kid: 'first' }] }));
}

/** Starts a server until the test is finished. @returns its host. */
export async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Starts the Worker in a workerd of its own, whose issuer responds so. `fetches` counts what it asks. */
export async function startWorker(respond: (response: ServerResponse) => unknown, timeFactor = PATIENCE) {
  const issuer = { fetches: 0 };
  const host = await listen((_, response) => {
    issuer.fetches++;
    respond(response);
  });
  const lines: string[] = [];
  const worker = await startWorkerd({
    name: host.replace(/\W/g, '-'),
    bindings: { DATABASE_URL: inject('databaseUrl'), JWKS_URL: `http://${host}/jwks` },
    onLine: (line) => lines.push(line),
    timeFactor,
  });
  onTestFinished(worker.stop);
  /** The reason in the first line of the log that has one. */
  const reason = async (): Promise<string> => {
    const line = await vi.waitUntil(() => lines.find((text) => text.includes('"reason"')), { timeout: 60_000 });
    return JSON.parse(line).error.reason;
  };
  return { issuer, host, reason, url: `${worker.url}/api/tasks/x` };
}

/** The header of a request with a token that is signed with this key. */
async function authorization(kid = 'first'): Promise<{ Authorization: string }> {
  const claims = { sub: 'user', exp: Date.now() / 1000 + 3600 };
  return { Authorization: `Bearer ${await sign(claims, { ...key, d, alg: 'EdDSA', kid }, 'EdDSA')}` };
}

/** Asks for a task whose id is no number: 422, without the database, once the token is accepted. */
export async function send(url: string): Promise<number> {
  return (await fetch(url, { headers: await authorization() })).status;
}

/** Asks the same, and resets the connection once `reset` is fulfilled: workerd does not notice one that is closed. */
export async function sendAndReset(url: string, kid: string, reset: () => Promise<unknown>): Promise<void> {
  const client = request(url, { agent: false, headers: await authorization(kid) }).on('error', () => {});
  client.end();
  await reset();
  client.socket?.resetAndDestroy();
}
