import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BetterAuthServer } from '../support/better-auth.ts';
import type { Steps } from './steps.ts';
import type { Visitor } from './visitor.ts';

/** Takes the frontend's server away before the API knows a key of it. */
export async function loseTheIssuer(steps: Steps, visitor: Visitor, frontend: BetterAuthServer): Promise<void> {
  await steps.take('S1 FR-013: while no key can be had, the page can read a 503 and its Retry-After', async () => {
    await frontend.stop();
    const answer = await visitor.expect(503, 'GET /api/tasks');
    await frontend.resume();
    assert.equal(answer.body.code, 'issuer_unavailable');
    assert.match(answer.headers['retry-after'] ?? '', /^[1-9]\d*$/);
    await sleep(Number(answer.headers['retry-after']) * 1000);
    await visitor.expect(200, 'GET /api/tasks');
  });
}

/** Changes the server's keys, and the user's session, under the API's eyes. */
export async function changeTheIssuer(steps: Steps, visitor: Visitor, frontend: BetterAuthServer): Promise<void> {
  await steps.take('after a rotation of keys, both the new token and the old one open the API', async () => {
    const old = visitor.token;
    frontend.rotateKeys(false);
    visitor.token = await visitor.do('token');
    await visitor.expect(200, 'GET /api/tasks');
    await visitor.expect(200, 'GET /api/tasks', { token: old });
    assert.ok(frontend.keySetFetches() <= 3, `${frontend.keySetFetches()} fetches of the key set`);
  });

  await steps.take('after the sign-out there is no new token, and the last one lives on until it expires', async () => {
    await visitor.do('signOut');
    await assert.rejects(visitor.do('token'), /Better Auth/);
    visitor.expectedComplaints.push('status of 401 ');
    await visitor.expect(200, 'GET /api/tasks');
  });

  await steps.take('S1 EC2, S1 US1.4: the page can read the 401 of a forged token', async () => {
    const forged = visitor.token.replace(/.{10}$/, 'AAAAAAAAAA');
    assert.equal((await visitor.expect(401, 'GET /api/tasks', { token: forged })).body.code, 'invalid_signature');
    assert.equal((await visitor.expect(401, 'GET /api/tasks', { token: 'a.b.c' })).body.code, 'invalid_token');
  });
}
