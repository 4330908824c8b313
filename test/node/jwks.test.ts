import { once } from 'node:events';
import { createServer, type RequestListener, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { sign } from 'hono/jwt';
import { afterEach, beforeAll, expect, inject, test } from 'vitest';
import { startWorkerd } from '../support/workerd.ts';

const MIB = 1_048_576;

type SigningKey = Exclude<Parameters<typeof sign>[1], string | CryptoKey>;

let keys: { published: object; signing: SigningKey };
const started: (() => unknown)[] = [];

beforeAll(async () => {
  const pair = (await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as CryptoKeyPair;
  const { kty, crv, x } = (await crypto.subtle.exportKey('jwk', pair.publicKey)) as JsonWebKey;
  const signing = { ...(await crypto.subtle.exportKey('jwk', pair.privateKey)), alg: 'EdDSA' } as SigningKey;
  keys = { published: { kty, crv, x, kid: 'first' }, signing };
});

afterEach(async () => {
  for (const stop of started.splice(0)) await stop();
});

const hostOf = (server: Server) => `127.0.0.1:${(server.address() as AddressInfo).port}`;

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  started.push(
    () => server.close(),
    () => server.closeAllConnections(),
  );
  return hostOf(server);
}

/** A new isolate, whose issuer is this server. `fetches` counts what it asks. */
async function startWorker(respond: (response: ServerResponse) => unknown) {
  const issuer = { fetches: 0, respond };
  const host = await listen((_, response) => {
    issuer.fetches++;
    issuer.respond(response);
  });
  const lines: string[] = [];
  const bindings = { DATABASE_URL: inject('databaseUrl'), JWKS_URL: `http://${host}/jwks` };
  const folder = resolve(import.meta.dirname, '../../dist/worker');
  const name = host.replace(/\W/g, '-');
  const worker = await startWorkerd({ folder, name, bindings, onLine: (line) => lines.push(line) });
  started.push(worker.stop);
  return { issuer, host, lines, url: `${worker.url}/api/tasks/x` };
}

async function tokenOf(kid: string): Promise<string> {
  return sign({ sub: 'user', exp: Date.now() / 1000 + 3600 }, { ...keys.signing, kid } as SigningKey, 'EdDSA');
}

/** A request to a task whose id is no number: 422, without the database, once the token is accepted. */
async function send(url: string, kid = 'first', signal?: AbortSignal): Promise<number> {
  const headers = { Authorization: `Bearer ${await tokenOf(kid)}` };
  return (await fetch(url, { headers, ...(signal && { signal }) })).status;
}

const publish = (response: ServerResponse) => response.end(JSON.stringify({ keys: [keys.published] }));

/** @returns the reasons in the lines of the log, once there is one. */
async function reasonOf(lines: string[]): Promise<string> {
  while (!lines.some((line) => line.includes('"reason"'))) await setTimeout(20);
  return JSON.parse(lines.find((line) => line.includes('"reason"')) ?? '').error.reason;
}

test('fifty requests of a new isolate share one fetch, although each has an I/O context of its own', async () => {
  const { issuer, url } = await startWorker(async (response) => {
    await setTimeout(300);
    publish(response);
  });
  const statuses = await Promise.all(Array.from({ length: 50 }, () => send(url)));
  expect([new Set(statuses), issuer.fetches]).toEqual([new Set([422]), 1]);
});

test('500 requests with unknown keys, reset after 50 ms, cost a new isolate two fetches, and every user is let in', async () => {
  const { issuer, url } = await startWorker(async (response) => {
    await setTimeout(300);
    publish(response);
  });
  const junk = Array.from({ length: 500 }, async (_, i) => {
    await setTimeout(i * 4);
    await send(url, `junk ${i}`, AbortSignal.timeout(50)).catch(() => 'reset');
  });
  const users = Array.from({ length: 20 }, async (_, i) => {
    await setTimeout(i * 100);
    return send(url);
  });
  expect(new Set(await Promise.all(users))).toEqual(new Set([422]));
  await Promise.all(junk);
  expect(issuer.fetches).toBeLessThanOrEqual(2);
});

test('the only client hangs up, and the next finds the key without another fetch', async () => {
  let respond = () => {};
  const { issuer, url } = await startWorker((response) => {
    respond = () => void publish(response);
  });
  const headers = { Authorization: `Bearer ${await tokenOf('first')}` };
  const client = request(url, { headers }).on('error', () => {});
  client.end();
  while (issuer.fetches === 0) await setTimeout(10);
  client.destroy();
  await setTimeout(100);
  respond();
  expect([await send(url), issuer.fetches]).toEqual([422, 1]);
});

test('a redirect to another host is not followed', async () => {
  let visits = 0;
  const elsewhere = await listen((_, response) => {
    visits++;
    publish(response);
  });
  const { host, lines, url } = await startWorker((response) =>
    response.writeHead(302, { Location: `http://${elsewhere}/jwks` }).end(),
  );
  expect([await send(url), visits]).toEqual([503, 0]);
  expect(await reasonOf(lines)).toBe(`${host}: the JWKS URL responded with status 302`);
});

/** Sends spaces for ever, or until the client hangs up. */
async function flood(response: ServerResponse): Promise<void> {
  const chunk = Buffer.alloc(65_536, 32);
  while (!response.destroyed)
    if (!response.write(chunk)) await Promise.race([once(response, 'drain'), once(response, 'close')]);
}

async function trickle(response: ServerResponse): Promise<void> {
  for (; !response.destroyed; await setTimeout(50)) response.write(' ');
}

test.each([
  ['never comes', () => {}, 'timed out'],
  ['trickles', trickle, 'timed out'],
  ['never ends', flood, 'the JWKS is too large'],
])('a response that %s is given up, and its connection closed', async (_, respond, reason) => {
  const closed: Promise<unknown>[] = [];
  let written = 0;
  const { host, lines, url } = await startWorker((response) => {
    const { socket } = response;
    closed.push(
      once(response, 'close').then(() => {
        written = socket?.bytesWritten ?? 0;
      }),
    );
    return respond(response);
  });
  expect(await send(url)).toBe(503);
  expect(await reasonOf(lines)).toBe(`${host}: ${reason}`);
  await Promise.all(closed);
  expect(written).toBeLessThan(10 * MIB);
});
