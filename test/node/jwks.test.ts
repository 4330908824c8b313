import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { listen, publish, send, sendAndReset, startWorker } from '../support/network-issuer.ts';
import { PATIENCE } from '../support/workerd.ts';

const MIB = 1_048_576;

/** Keeps requests waiting for as long as a slow issuer does. */
async function publishSlowly(response: ServerResponse): Promise<void> {
  await setTimeout(300);
  publish(response);
}

test('fifty requests of a new isolate share one fetch, although each has an I/O context of its own', async () => {
  const { issuer, url } = await startWorker(publishSlowly);
  const statuses = await Promise.all(Array.from({ length: 50 }, () => send(url)));
  expect([new Set(statuses), issuer.fetches]).toEqual([new Set([422]), 1]);
});

test('500 requests with unknown keys, reset after 50 ms, cost a new isolate two fetches, and every user is let in', async () => {
  const { issuer, url } = await startWorker(publishSlowly);
  const junk = Array.from({ length: 500 }, async (_, i) => {
    await setTimeout(i * 4);
    await sendAndReset(url, `junk ${i}`, () => setTimeout(50));
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
    respond = () => publish(response);
  });
  await sendAndReset(url, 'first', () => vi.waitUntil(() => issuer.fetches > 0, { timeout: 60_000 }));
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
  const { host, reason, url } = await startWorker((response) =>
    response.writeHead(302, { Location: `http://${elsewhere}/jwks` }).end(),
  );
  expect([await send(url), visits]).toEqual([503, 0]);
  expect(await reason()).toBe(`${host}: the JWKS URL responded with status 302`);
});

function* spacesForEver() {
  while (true) yield Buffer.alloc(65_536, 32);
}

const flood = (response: ServerResponse) => pipeline(Readable.from(spacesForEver()), response).catch(() => {});

async function trickle(response: ServerResponse): Promise<void> {
  for (; !response.destroyed; await setTimeout(50)) response.write(' ');
}

test.each([
  ['never comes', () => {}, 'timed out'],
  ['trickles', trickle, 'timed out'],
  ['never ends', flood, 'the JWKS is too large'],
])('a response that %s is given up, and its connection closed', async (_, respond, failure) => {
  const closed: Promise<number>[] = [];
  const respondAndCount = (response: ServerResponse) => {
    const { socket } = response;
    closed.push(once(response, 'close').then(() => socket?.bytesWritten ?? 0));
    return respond(response);
  };
  const { host, reason, url } = await startWorker(respondAndCount, failure === 'timed out' ? 1 : PATIENCE);
  expect(await send(url)).toBe(503);
  expect(await reason()).toBe(`${host}: ${failure}`);
  expect(Math.max(...(await Promise.all(closed)))).toBeLessThan(10 * MIB);
});
