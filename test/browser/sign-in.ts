import assert from 'node:assert/strict';
import type { Steps } from './steps.ts';
import type { Visitor } from './visitor.ts';

const EMAIL = 'ada@example.com';
const PASSWORD = 'correct horse battery staple';

/** Gets the visitor a token in the way that frontends do. */
export async function signIn(steps: Steps, visitor: Visitor): Promise<void> {
  await steps.take('S0 US3.2, S1 US1.2: before signing in, the page can read a 401', async () => {
    const answer = await visitor.expect(401, 'GET /api/tasks', { token: undefined });
    assert.deepEqual(answer.body, { detail: 'Not authenticated', code: 'not_authenticated' });
  });

  await steps.take('S3 FR-013: a new user signs up, out and in with Better Auth’s own client', async () => {
    visitor.userId = await visitor.do('signUp', 'Ada Lovelace', EMAIL, PASSWORD);
    assert.equal(await visitor.do('signOut'), true);
    assert.equal(await visitor.do('signIn', EMAIL, PASSWORD), visitor.userId);
  });

  await steps.take('S3 US2.1: the client hands the page a JWT', async () => {
    visitor.token = await visitor.do('token');
    assert.match(visitor.token, /^[\w-]+\.[\w-]+\.[\w-]+$/);
  });
}
