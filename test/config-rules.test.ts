import { expect, test, vi } from 'vitest';
import { bindings, call, freshUser } from './support/api.ts';
import { callAndReadLog } from './support/log.ts';
import { NEON_API_HOST } from './support/neon-host.ts';

const neon = 'ep-test.eu-central-1.aws.neon.tech';

test.each<[variable: string, value: string, reason: string]>([
  ['DATABASE_URL', 'postgres://127.0.0.1/x', 'DATABASE_URL names no user'],
  ['DATABASE_URL', `postgres://u@${neon}/x`, 'DATABASE_URL has no password, which Neon requires'],
  ['DATABASE_URL', `postgres://u:p@${neon}`, 'DATABASE_URL names no database, which Neon requires'],
  ['DATABASE_URL', `postgres://u@${neon.toUpperCase()}./x`, 'DATABASE_URL has no password, which Neon requires'],
  ['DATABASE_URL', 'https://u:p@db.example.com/x', 'DATABASE_URL is not a PostgreSQL URL'],
  [
    'DATABASE_URL',
    'postgres://u:p@db.example.com/x?sslmode=verify-full&sslrootcert=/etc/ca.pem',
    'DATABASE_URL names a file by sslrootcert, which a Worker cannot read: Hyperdrive takes certificates',
  ],
  [
    'DATABASE_URL',
    'postgres://u:p@db.example.com/x?sslmode=require&sslnegotiation=direct',
    'DATABASE_URL has sslnegotiation=direct, which a Worker cannot do',
  ],
  ...['sslmode=', 'sslmode=on', 'sslmode=verify-ca&uselibpqcompat=true', 'ssl=', 'ssl=false', 'ssl=require'].map(
    (parameter): [string, string, string] => [
      'DATABASE_URL',
      `postgres://u:p@127.0.0.1/x?${parameter}`,
      'DATABASE_URL has an sslmode or ssl that pg misreads: use sslmode=require or sslmode=disable',
    ],
  ),
  ['BETTER_AUTH_URL', 'http://auth.example.com', 'BETTER_AUTH_URL must be an https URL'],
  ['BETTER_AUTH_URL', 'auth.example.com', 'BETTER_AUTH_URL is not an HTTP URL'],
  ['JWKS_URL', 'http://auth.example.com/jwks', 'JWKS_URL must be an https URL'],
  ['CORS_ORIGINS', 'https://a.example.com, *', 'CORS_ORIGINS entry 2 is not an origin'],
  ['CORS_ORIGINS', 'https://*.example.com', 'CORS_ORIGINS entry 1 is not an origin'],
  ['CORS_ORIGINS', 'https://a.example.com/path', 'CORS_ORIGINS entry 1 is not an origin'],
  ['CORS_ORIGINS', 'https://a.example.com https://b.example.com', 'CORS_ORIGINS entry 1 is not an origin'],
  ['CORS_ORIGINS', 'https://a.example.com,b.example.com', 'CORS_ORIGINS entry 2 is not an origin'],
  ['CORS_ORIGINS', 'htps://a.example.com', 'CORS_ORIGINS entry 1 is not an origin'],
  ['CORS_ORIGINS', 'https://', 'CORS_ORIGINS entry 1 is not an origin'],
  ['CORS_ORIGINS', 'ftp://localhost', 'CORS_ORIGINS entry 1 is not an origin'],
])('%s "%s" is refused: "%s"', async (variable, value, reason) => {
  const { response, line } = await callAndReadLog('GET /health', { env: { [variable]: value } });
  expect([response.status, response.json.code]).toEqual([500, 'misconfigured']);
  expect(line.error).toEqual({ code: 'misconfigured', reason });
});

test.each([
  [{ DATABASE_URL: 'postgres://u@127.0.0.1/x', ENVIRONMENT: 'production' }],
  [{ DATABASE_URL: 'postgres://u:p@db.example.com/x?sslmode=require', ENVIRONMENT: 'production' }],
  [{ DATABASE_URL: 'postgres://u:p@db.example.com/x?ssl=true', ENVIRONMENT: 'production' }],
  [{ DATABASE_URL: 'postgres://u:p@ep-a.eastus2.azure.neon.tech/x' }],
  [{ BETTER_AUTH_URL: 'http://localhost:3000' }],
  [{ JWKS_URL: ' http://127.0.0.1:3000/jwks ' }],
])('%j is accepted', async (env) => {
  expect((await call('GET /health', { env })).status).toBe(200);
});

test.each(['', '?sslmode=disable', '?ssl=0'])(
  'a production database over TCP without TLS is refused: "%s"',
  async (search) => {
    const env = { DATABASE_URL: `postgres://u:p@db.example.com/x${search}`, ENVIRONMENT: 'production' as const };
    const { line } = await callAndReadLog('GET /health', { env });
    expect(line.error.reason).toBe('DATABASE_URL would send the password without TLS: add sslmode=require');
  },
);

test('white space around each value is not part of it', async () => {
  const env = Object.fromEntries(Object.entries(bindings).map(([name, value]) => [name, ` ${value}\n`]));
  expect((await call('GET /api/tasks', { user: freshUser(), env })).status).toBe(200);
});

test.each([
  [neon, NEON_API_HOST],
  [neon.toUpperCase(), NEON_API_HOST],
  [`${neon}.`, NEON_API_HOST],
  ['ep-test-pooler.eu-central-1.aws.neon.tech', NEON_API_HOST],
  ['EP-test-pooler.C-2.us-east-2.aws.neon.tech', 'api.c-2.us-east-2.aws.neon.tech'],
  ['ep-test.eastus2.azure.neon.tech:5432', 'api.eastus2.azure.neon.tech'],
])('the Neon host %s is reached through %s', async (host, endpoint) => {
  const fetch = vi.spyOn(globalThis, 'fetch');
  const DATABASE_URL = `${bindings.DATABASE_URL.replace(neon, host)}?sslmode=require&channel_binding=require`;
  const { status } = await call('GET /api/tasks', { user: freshUser(), env: { DATABASE_URL } });
  const urls = fetch.mock.calls.map(([url]) => url);
  fetch.mockRestore();
  expect([status, urls]).toEqual([200, [`https://${endpoint}/sql`]]);
});

test.each([
  ['capacitor://localhost', 'capacitor://localhost'],
  ['ionic://localhost', 'ionic://localhost'],
  ['tauri://localhost', 'tauri://localhost'],
  ['http://tauri.localhost', 'http://tauri.localhost'],
  ['capacitor://app.example.com', 'capacitor://app.example.com'],
  ['app://-', 'app://-'],
  ['capacitor-electron://', 'capacitor-electron://'],
  ['chrome-extension://abcdefghijklmnop', 'chrome-extension://abcdefghijklmnop'],
  ['HTTPS://App.Example.com/', 'https://app.example.com'],
  ['https://app.example.com', 'https://App.Example.com'],
])('CORS_ORIGINS "%s" allows the origin %s, which is echoed as it was sent [S1 FR-015]', async (entry, Origin) => {
  const { headers } = await call('GET /health', { env: { CORS_ORIGINS: entry }, headers: { Origin } });
  expect(headers.get('access-control-allow-origin')).toBe(Origin);
});
