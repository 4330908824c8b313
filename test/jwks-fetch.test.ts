import { expect, test } from 'vitest';
import { first, hang, MockedIssuer, pass, second, startCached } from './support/mocked-issuer.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

test('the request says who asks and what for, carries nothing else, and follows no redirect', async () => {
  const issuer = new MockedIssuer(first);
  await issuer.find('first');
  const headers = { Accept: 'application/json', 'User-Agent': 'taskflow-api' };
  const init = { headers, redirect: 'manual', signal: expect.any(AbortSignal) };
  expect(issuer.fetch.mock.calls).toEqual([[issuer.url, init]]);
});

const text = (body: string) => () => new Response(body);
const status =
  (code: number, headers = {}) =>
  () =>
    new Response(null, { status: code, headers });
const reject = (message: string) => () => Promise.reject(new Error(message));

test.each([
  ['304', status(304), 'the JWKS URL responded with status 304'],
  ['404', status(404), 'the JWKS URL responded with status 404'],
  ['a redirect', status(302, { Location: 'https://elsewhere.example/jwks' }), 'the JWKS URL responded with status 302'],
  ['Cloudflare’s 522', status(522), 'timed out'],
  ['Cloudflare’s 526', status(526), 'TLS refused'],
  ['Cloudflare’s 530', status(530), 'host not found'],
  ['no content', status(204), 'the response is not a JWKS'],
  ['HTML', text('<!doctype html>'), 'the response is not a JWKS'],
  ['another object', text('{"error":"not found"}'), 'the response is not a JWKS'],
  ['null', text('null'), 'the response is not a JWKS'],
  ['an empty set', text('{"keys":[]}'), 'the JWKS has no usable key'],
  ['keys of no use', text('{"keys":[null,7,{"kid":"first","kty":"oct","k":"AAAA"}]}'), 'the JWKS has no usable key'],
  ['more than 256 kB', text(' '.repeat(262_145)), 'the JWKS is too large'],
  ['a refused connection', reject('connect ECONNREFUSED refused'), 'connection refused'],
  ['an unknown host', reject('DNS lookup failed.'), 'host not found'],
  ['a certificate that is not trusted', reject('TLS peer certificate is not trusted'), 'TLS refused'],
  ['a lost connection', reject('Network connection lost.'), 'connection failed'],
])('%s: the log says that of the host', async (_, respond, failure) => {
  const issuer = new MockedIssuer();
  issuer.respond = respond;
  expect(await issuer.find('first')).toBe(issuer.unavailable(failure));
  expect(issuer.fetches).toBe(1);
});

test('a set that becomes empty withdraws every key', async () => {
  const issuer = await startCached();
  issuer.publish();
  await pass(5 * MINUTE);
  expect(await issuer.find('first')).toBe(issuer.unavailable('the JWKS has no usable key'));
});

const unusable = [null, 7, 'x', [], {}, { kid: 'x' }, { ...second, kid: 7 }, { ...second, x: '?' }];
const sharing = [
  { ...second, kid: 'first' },
  { ...second, kid: 'first', kty: 'EC', crv: 'P-256' },
];

test.each([
  ['of no use', [...unusable, first, null]],
  [
    'with its id that are malformed or of another kind',
    [first, ...sharing, { ...first, x: '?' }, { ...first, use: 'enc' }],
  ],
])('a key is found among entries %s', async (_, entries) => {
  const issuer = new MockedIssuer();
  issuer.publish(...entries);
  expect(await issuer.find('first')).toBe('found');
});

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
