import { expect, test } from 'vitest';
import { call } from './support/api.ts';
import { expectUnauthorized } from './support/expectations.ts';
import { claimsOf, headerOf, startSignedIn } from './support/issuer.ts';
import { bodyOf, callAndReadLog } from './support/log.ts';
import { idTokenOf, thirdParty } from './support/third-party.ts';

const CLIENT = thirdParty.clientId;

test('Better Auth 1.6.4 as OpenID provider: the ID token of a third party is refused, the user’s own token accepted', async () => {
  const { issuer, session, userId, bearer, env } = await startSignedIn({ version: '1.6.4' });
  const idToken = await idTokenOf(issuer, session);
  expect(headerOf(idToken).kid).toBe(headerOf(bearer).kid);
  expect(claimsOf(idToken)).toMatchObject({ iss: issuer.url, aud: CLIENT, sub: userId });
  for (const request of ['GET /api/tasks', `POST /api/${userId}/tasks`]) {
    const { response, line } = await callAndReadLog(request, { bearer: idToken, body: bodyOf(request), env });
    expectUnauthorized(response, 'invalid_token', 'the token is for another audience');
    const reason = 'the token is for another audience: JWT_AUDIENCE is not set, so only BETTER_AUTH_URL is accepted';
    expect(line.error).toEqual({ code: 'invalid_token', reason });
  }
  expect(await call('GET /api/tasks', { bearer, env })).toMatchObject({ status: 200, text: '[]' });
});

test('JWT_AUDIENCE can name the third party, whose ID token is accepted, and the user’s own no longer', async () => {
  const { issuer, session, bearer, env } = await startSignedIn({ version: '1.6.4' });
  const own = { ...env, JWT_AUDIENCE: CLIENT };
  const idToken = await idTokenOf(issuer, session);
  expect(await call('GET /api/tasks', { bearer: idToken, env: own })).toMatchObject({ status: 200 });
  expectUnauthorized(await call('GET /api/tasks', { bearer, env: own }), 'invalid_token');
});

/** The claims of the tokens that the OAuth provider of Better Auth 1.7 signs with the keys of the `jwt` plugin. */
test.each<[name: string, claims: (url: string) => object, description: string]>([
  ['ID token', (url) => ({ iss: `${url}/api/auth`, aud: CLIENT, acr: '0' }), 'the token is from another issuer'],
  ['ID token, with jwt.issuer', (url) => ({ iss: url, aud: CLIENT }), 'the token is for another audience'],
  [
    'access token for this very origin',
    (url) => ({ iss: url, aud: [url, `${url}/userinfo`], azp: CLIENT, client_id: CLIENT, scope: 'openid' }),
    'the token is for another audience',
  ],
])('Better Auth 1.7.25 signs for a third party an %s, which is refused', async (_, claims, description) => {
  const { issuer, userId, bearer, env } = await startSignedIn();
  const token = await issuer.control('sign', { sub: userId, ...claims(issuer.url) });
  expect(headerOf(token).kid).toBe(headerOf(bearer).kid);
  expectUnauthorized(await call('GET /api/tasks', { bearer: token, env }), 'invalid_token', description);
  expect(await call('GET /api/tasks', { bearer, env })).toMatchObject({ status: 200 });
});
