import { describe, expect, test } from 'vitest';
import { call } from './support/api.ts';
import type { IssuerOptions } from './support/better-auth-versions.ts';
import { expectUnauthorized } from './support/expectations.ts';
import { startSignedIn } from './support/issuer.ts';
import { callAndReadLog } from './support/log.ts';

const ISSUER = 'https://issuer.example.com';
const API = 'https://api.example.com';

type Setting = [name: string, settings: IssuerOptions, variables: (url: string) => Record<string, string>];

/** Settings of Better Auth, and the variables of this API that match them: docs/tokens.md. */
const settings: Setting[] = [
  ['no setting', {}, (url) => ({ BETTER_AUTH_URL: url })],
  ['their own URL as issuer and audience', {}, (url) => ({ BETTER_AUTH_URL: url, JWT_ISSUER: url, JWT_AUDIENCE: url })],
  ['no baseURL', { baseURL: 'none' }, (url) => ({ BETTER_AUTH_URL: `${url}/` })],
  ['allowedHosts', { baseURL: 'allowedHosts' }, (url) => ({ BETTER_AUTH_URL: `${url}/api/auth` })],
  ['/api/auth in baseURL', { baseURL: '/api/auth' }, (url) => ({ BETTER_AUTH_URL: `${url}/api/auth/` })],
  ['a path in baseURL', { baseURL: '/auth' }, (url) => ({ BETTER_AUTH_URL: `${url}/auth` })],
  ['basePath', { basePath: '/auth' }, (url) => ({ BETTER_AUTH_URL: `${url}/auth` })],
  ['both', { baseURL: '/app', basePath: '/auth' }, (url) => ({ BETTER_AUTH_URL: `${url}/app/` })],
  ['basePath /', { basePath: '/' }, (url) => ({ BETTER_AUTH_URL: url, JWKS_URL: `${url}/jwks` })],
  [
    'jwksPath',
    { jwksPath: '/.well-known/jwks.json' },
    (url) => ({ BETTER_AUTH_URL: url, JWKS_URL: ` ${url}/api/auth/.well-known/jwks.json\n` }),
  ],
  [
    'keys at another host',
    {},
    (url) => ({ BETTER_AUTH_URL: url, JWKS_URL: `${url.replace('127.0.0.1', 'localhost')}/api/auth/jwks` }),
  ],
  ['issuer', { issuer: ISSUER }, (url) => ({ BETTER_AUTH_URL: url, JWT_ISSUER: ISSUER })],
  ['audience', { audience: API }, (url) => ({ BETTER_AUTH_URL: url, JWT_AUDIENCE: API })],
  ['two audiences', { audience: ['x', API] }, (url) => ({ BETTER_AUTH_URL: url, JWT_AUDIENCE: API })],
  [
    'issuer and audience, without BETTER_AUTH_URL',
    { issuer: ISSUER, audience: API },
    (url) => ({ JWKS_URL: `${url}/api/auth/jwks`, JWT_ISSUER: ISSUER, JWT_AUDIENCE: API }),
  ],
];

describe.each([{}, { version: '1.6.4' as const }])('Better Auth with %j', (version) => {
  test.each(settings)(
    '%s: its token is accepted with the variables that match [S3 FR-013]',
    async (_, options, variables) => {
      const { issuer, bearer } = await startSignedIn({ ...options, ...version });
      const env = { BETTER_AUTH_SECRET: '', ...variables(issuer.url) };
      expect(await call('GET /api/tasks', { bearer, env })).toMatchObject({ status: 200, text: '[]' });
      expect(await issuer.control('jwksFetches')).toBe(1);
    },
  );
});

test.each<[name: string, settings: IssuerOptions, reason: string]>([
  [
    'issuer',
    { issuer: ISSUER },
    'the token is from another issuer: JWT_ISSUER is not set, so only BETTER_AUTH_URL is accepted',
  ],
  [
    'audience',
    { audience: API },
    'the token is for another audience: JWT_AUDIENCE is not set, so only BETTER_AUTH_URL is accepted',
  ],
])('%s alone: 401, and the log names the variable that is missing', async (_, options, reason) => {
  const { bearer, env } = await startSignedIn(options);
  const { response, line } = await callAndReadLog('GET /api/tasks', { bearer, env });
  expectUnauthorized(response, 'invalid_token', reason.split(':')[0]);
  expect(line.error).toEqual({ code: 'invalid_token', reason });
});

test.each<[name: string, settings: IssuerOptions]>([
  ['basePath', { basePath: '/auth' }],
  ['a path in baseURL', { baseURL: '/auth' }],
  ['jwksPath', { jwksPath: '/keys' }],
])('%s alone: 503, and the log names the host and what it responded', async (_, options) => {
  const { issuer, bearer, env } = await startSignedIn(options);
  const { response, line } = await callAndReadLog('GET /api/tasks', { bearer, env });
  const { status, json, headers } = response;
  const detail = 'The token issuer is unavailable';
  expect({ status, json }).toEqual({ status: 503, json: { detail, code: 'issuer_unavailable' } });
  expect(headers.get('www-authenticate')).toBeNull();
  const reason = `${new URL(issuer.url).host}: the JWKS URL responded with status 404`;
  expect(line.error).toEqual({ code: 'issuer_unavailable', reason });
});

test('JWKS_URL alone accepts no token that names its issuer: JWT_ISSUER and JWT_AUDIENCE are needed', async () => {
  const { issuer, bearer } = await startSignedIn();
  const env = { BETTER_AUTH_SECRET: '', JWKS_URL: `${issuer.url}/api/auth/jwks` };
  expectUnauthorized(
    await call('GET /api/tasks', { bearer, env }),
    'invalid_token',
    'the token is from another issuer',
  );
});
