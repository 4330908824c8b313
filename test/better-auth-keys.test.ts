import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { call } from './support/api.ts';
import { expectRefusal } from './support/expectations.ts';
import { headerOf, Issuer, signedIn } from './support/issuer.ts';

const list = (issuer: Issuer, bearer: string) => call('GET /api/tasks', { bearer, env: issuer.env });

test('a rotated key is taken without a restart, beside the old one as long as the server publishes it', async () => {
  const issuer = await Issuer.start();
  const { session, bearer: old } = await signedIn(issuer);
  expect(await list(issuer, old)).toMatchObject({ status: 200 });
  await issuer.ask('rotate');
  const bearer = await issuer.token(session);
  expect(headerOf(bearer).kid).not.toBe(headerOf(old).kid);
  expect(await list(issuer, bearer)).toMatchObject({ status: 200 });
  expect(await list(issuer, old)).toMatchObject({ status: 200 });
  expect(await issuer.ask('fetches')).toBe(2);
});

test('a key that the server has taken off its key set opens nothing once the set was read again', async () => {
  const issuer = await Issuer.start();
  const { session, bearer: old } = await signedIn(issuer);
  expect(await list(issuer, old)).toMatchObject({ status: 200 });
  await issuer.ask('rotate and forget');
  expect(await list(issuer, await issuer.token(session))).toMatchObject({ status: 200 });
  expectRefusal(await list(issuer, old), 'invalid_token');
});

test('however often a server rotates its keys, its key set is read again once in 30 s', async () => {
  const issuer = await Issuer.start();
  const { session, bearer } = await signedIn(issuer);
  expect(await list(issuer, bearer)).toMatchObject({ status: 200 });
  for (let rotations = 0; rotations < 3; rotations++) {
    await issuer.ask('rotate');
    await list(issuer, await issuer.token(session));
  }
  expect(await issuer.ask('fetches')).toBe(2);
  expect(await list(issuer, bearer)).toMatchObject({ status: 200 });
});

test('a hundred requests at once with a key not known yet read the key set once', async () => {
  const issuer = await Issuer.start();
  const { bearer } = await signedIn(issuer);
  const answers = await Promise.all(Array.from({ length: 100 }, () => list(issuer, bearer)));
  expect(answers.map(({ status }) => status)).toEqual(Array(100).fill(200));
  expect(await issuer.ask('fetches')).toBe(1);
});

test('S1 FR-013: a server that is down, with no key of it known, is 503 with Retry-After; its return is noticed then', async () => {
  const issuer = await Issuer.start();
  const { bearer } = await signedIn(issuer);
  await issuer.ask('stop');
  const answer = await list(issuer, bearer);
  expect(answer).toMatchObject({ status: 503, json: { code: 'issuer_unavailable' } });
  expect(answer.headers.get('www-authenticate')).toBeNull();
  const seconds = Number(answer.headers.get('retry-after'));
  expect(seconds).toBeGreaterThanOrEqual(1);
  await issuer.ask('resume');
  await sleep(seconds * 1000);
  expect(await list(issuer, bearer)).toMatchObject({ status: 200 });
}, 60_000);

test('a server that is down is not missed while its keys are known', async () => {
  const issuer = await Issuer.start();
  const { session, bearer } = await signedIn(issuer);
  expect(await list(issuer, bearer)).toMatchObject({ status: 200 });
  const another = await issuer.token(session);
  await issuer.ask('stop');
  for (const known of [bearer, another]) expect(await list(issuer, known)).toMatchObject({ status: 200 });
});

test('a key that no one published costs a cold Worker one reading, and a rotation right after is still noticed', async () => {
  const issuer = await Issuer.start();
  const { session, bearer } = await signedIn(issuer);
  const [, ...rest] = bearer.split('.');
  const stranger = [btoa(JSON.stringify({ alg: 'EdDSA', kid: 'nobody' })).replace(/=+$/, ''), ...rest].join('.');
  expectRefusal(await list(issuer, stranger), 'invalid_token');
  expect(await issuer.ask('fetches')).toBe(1);
  await issuer.ask('rotate');
  expect(await list(issuer, await issuer.token(session))).toMatchObject({ status: 200 });
  expect(await issuer.ask('fetches')).toBe(2);
});

test('BETTER_AUTH_URL may name the path that Better Auth is served at', async () => {
  const issuer = await Issuer.start();
  const { bearer } = await signedIn(issuer);
  for (const path of ['/', '/api/auth', '/api/auth/']) {
    const env = { ...issuer.env, BETTER_AUTH_URL: `${issuer.url}${path}` };
    expect(await call('GET /api/tasks', { bearer, env })).toMatchObject({ status: 200 });
  }
});
