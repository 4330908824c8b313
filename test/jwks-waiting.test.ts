import { afterEach, expect, test, vi } from 'vitest';
import { first, hang, MockedIssuer, pass, startCached } from './support/mocked-issuer.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

afterEach(() => void vi.restoreAllMocks());

test('while the JWKS cannot be fetched for a search, cached keys are used and the next search waits 30 seconds', async () => {
  const issuer = await startCached();
  issuer.fail();
  for (let i = 0; i < 10; i++)
    expect(await issuer.find('second')).toBe(issuer.unavailable('the JWKS URL responded with status 503'));
  expect([await issuer.find('first'), issuer.fetches]).toEqual(['found', 2]);
});

test('a fetch that hangs ends after 2 seconds', async () => {
  const issuer = new MockedIssuer();
  issuer.respond = hang;
  const waiting = issuer.find('first');
  await pass(2 * SECOND - 1);
  expect(await Promise.race([waiting, 'waiting'])).toBe('waiting');
  await pass(1);
  expect(await waiting).toBe(issuer.unavailable('timed out'));
});

test('a request waits for a fetch whose promise is lost for 2.5 seconds, and the next one fetches again', async () => {
  const issuer = new MockedIssuer();
  issuer.respond = () => new Promise(() => {});
  const waiting = issuer.find('first');
  await pass(2.5 * SECOND);
  expect(await waiting).toBe(issuer.unavailable('timed out'));
  issuer.publish(first);
  expect([await issuer.find('first'), issuer.fetches]).toEqual(['found', 2]);
});

test('requests share one fetch, and those with a cached key do not wait for it', async () => {
  const issuer = await startCached();
  await pass(5 * MINUTE);
  issuer.respond = hang;
  const waiting = issuer.find('first');
  const others = Array.from({ length: 50 }, () => issuer.find('second'));
  expect(await issuer.find('first')).toBe('found');
  await pass(2 * SECOND);
  expect(await waiting).toBe('found');
  expect(new Set(await Promise.all(others))).toEqual(new Set([issuer.unavailable('timed out')]));
  expect(issuer.fetches).toBe(2);
});
