import { expect, test, vi } from 'vitest';
import { first, MockedIssuer, pass, second, startCached } from './support/mocked-issuer.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

test('without keys, a JWKS that fails is fetched at most once per second', async () => {
  const issuer = new MockedIssuer();
  issuer.fail(500);
  const unavailable = issuer.unavailable('the JWKS URL responded with status 500');
  for (const [milliseconds, fetches] of [
    [0, 1],
    [999, 1],
    [1, 2],
  ] as const) {
    await pass(milliseconds);
    expect([await issuer.find('first'), issuer.fetches]).toEqual([unavailable, fetches]);
  }
  issuer.publish(first);
  expect(await issuer.find('first')).toBe(unavailable);
  await pass(SECOND);
  expect(await issuer.find('first')).toBe('found');
});

test('a cached key is used for 5 minutes without a fetch', async () => {
  const issuer = await startCached();
  for (const [milliseconds, fetches] of [
    [5 * MINUTE - 1, 1],
    [1, 2],
    [5 * MINUTE - 1, 2],
  ] as const) {
    await pass(milliseconds);
    expect([await issuer.find('first'), issuer.fetches]).toEqual(['found', fetches]);
  }
});

test('unknown keys cause one fetch per 30 seconds, after which a new key is accepted', async () => {
  const issuer = await startCached();
  for (let i = 0; i < 100; i++) expect(await issuer.find(`junk ${i}`)).toBe('unknown');
  expect(issuer.fetches).toBe(2);
  issuer.publish(first, second);
  await pass(30 * SECOND - 1);
  expect([await issuer.find('second'), issuer.fetches]).toEqual(['unknown', 2]);
  await pass(1);
  expect([await issuer.find('second'), issuer.fetches]).toEqual(['found', 3]);
});

test('a new key is accepted at once if no search in 30 seconds, the first fetch aside, found nothing', async () => {
  const issuer = new MockedIssuer(first);
  expect([await issuer.find('junk'), issuer.fetches]).toEqual(['unknown', 1]);
  issuer.publish(first, second);
  expect([await issuer.find('second'), issuer.fetches]).toEqual(['found', 2]);
});

test('a key that was withdrawn is refused after 5 minutes, whatever keys strangers ask for', async () => {
  const issuer = await startCached();
  issuer.publish(second);
  await pass(5 * MINUTE - 1);
  expect(await issuer.find('first')).toBe('found');
  await pass(1);
  expect(await issuer.find('junk')).toBe('unknown');
  expect(await issuer.find('first')).toBe('unknown');
});

test('a key that was withdrawn is refused after 5 minutes and 2 seconds if the JWKS is slow', async () => {
  const issuer = await startCached();
  await pass(5 * MINUTE);
  issuer.respond = async () => {
    await new Promise((resolve) => setTimeout(resolve, 2 * SECOND - 1));
    return Response.json({ keys: [second] });
  };
  const waiting = issuer.find('first');
  expect(await issuer.find('first')).toBe('found');
  await pass(2 * SECOND - 1);
  expect([await waiting, issuer.fetches]).toEqual(['unknown', 2]);
});

test('while the JWKS fails, cached keys are used for 24 hours, and it is fetched once per 30 seconds', async () => {
  const issuer = await startCached();
  issuer.fail();
  await pass(5 * MINUTE);
  for (const [milliseconds, fetches] of [
    [0, 2],
    [30 * SECOND - 1, 2],
    [1, 3],
  ] as const) {
    await pass(milliseconds);
    expect([await issuer.find('first'), issuer.fetches]).toEqual(['found', fetches]);
  }
  const unavailable = issuer.unavailable('the JWKS URL responded with status 503');
  expect(await issuer.find('second')).toBe(unavailable);
  await pass(24 * HOUR - 5.5 * MINUTE - 1);
  expect(await issuer.find('first')).toBe('found');
  await pass(1);
  expect(await issuer.find('first')).toBe(unavailable);
});

test('if the clock goes back, the keys count as stale: a withdrawn key is refused at the next request', async () => {
  const issuer = await startCached();
  issuer.publish(second);
  vi.setSystemTime(Date.now() - HOUR);
  expect([await issuer.find('first'), issuer.fetches]).toEqual(['unknown', 2]);
  expect([await issuer.find('second'), issuer.fetches]).toEqual(['found', 2]);
});
