import { expect, test, vi } from 'vitest';
import { bindings, call, freshUser } from './support/api.ts';
import { callAndReadLog } from './support/log.ts';
import { NEON_API_HOST } from './support/neon-host.ts';

const neon = 'ep-test.eu-central-1.aws.neon.tech';

/** What is wrong with a URL of a database, which begins with `postgres://`. */
const refusedDatabases = {
  'names no user': ['127.0.0.1/x'],
  'has a "#", which a password writes as %23': ['u:p@ss#1@127.0.0.1/x'],
  'has an escape that is not UTF-8': ['u:p%E4@127.0.0.1/x', 'u:p@127.0.0.1/%ff', `u:p%E4@${neon}/x`],
  'names no host that a Worker can reach': [
    ...['u:p@127.0.0.1,127.0.0.2/x', 'u:p@%2Ftmp/x', 'u:p@127.0.0.1/x?host=/tmp', 'u:p@h%20x/x'],
    ...[`u:p@a.neon.tech,${neon}/x`, 'u:p@127.0.0.1/x?host=h:5433', 'u:p@127.0.0.1/x?host=..'],
  ],
  'has a port that is not a number from 1 to 65535': ['u:p@127.0.0.1:0/x', 'u:p@127.0.0.1/x?port=65536'],
  'has no password, which Neon requires': [`u@${neon}/x`, `u@${neon.toUpperCase()}./x`],
  'names no database, which Neon requires': [`u:p@${neon}`],
  'names or needs a file, which a Worker cannot read: Hyperdrive takes certificates': [
    ...['u:p@a.example.com/x?sslmode=verify-full&sslrootcert=/etc/ca.pem', 'u:p@a.example.com/x?sslkey=system'],
    ...['u:p@a.example.com/x?sslrootcert=system&sslrootcert=a', 'u:p@a.example.com/x?sslcert=/dev/null'],
    ...['u:p@a.example.com/x?sslmode=verify-ca&uselibpqcompat=true'],
  ],
  'has an sslnegotiation other than postgres': [
    ...['u:p@a.example.com/x?sslmode=require&sslnegotiation=direct', 'u:p@a.example.com/x?sslnegotiation=x'],
  ],
  'has an ssl that pg misreads: use sslmode=require or sslmode=disable': [
    ...['u:p@127.0.0.1/x?ssl=', 'u:p@127.0.0.1/x?ssl=false', 'u:p@127.0.0.1/x?ssl=require'],
  ],
};

const refusedOrigins = [
  ...['https://*.example.com', 'https://a.example.com/path', 'https://a.example.com https://b.example.com'],
  ...['htps://a.example.com', 'https:a.example.com', 'https:///a.example.com', 'https://a.example.com:443'],
  ...['https://.example.com', 'https://a.example.com;b.example.com', 'https://{sub}.example.com', 'https://a..b'],
  ...['https://', 'ftp://localhost', 'javascript://localhost', 'http://localhost:99999', 'http://localhost:0300'],
];

test.each<readonly [variable: string, value: string, problem: string]>([
  ['DATABASE_URL', 'https://u:p@db.example.com/x', 'is not a PostgreSQL URL'],
  ['BETTER_AUTH_URL', 'http://auth.example.com', 'must be an https URL'],
  ['BETTER_AUTH_URL', 'auth.example.com', 'must be an HTTP URL without a user'],
  ['BETTER_AUTH_URL', 'https://a.example.com,https://b.example.com', 'must be an HTTP URL without a user'],
  ['BETTER_AUTH_URL', 'https://{host}', 'must be an HTTP URL without a user'],
  ['BETTER_AUTH_URL', 'https://u:p@auth.example.com', 'must be an HTTP URL without a user'],
  ['JWKS_URL', 'http://auth.example.com/jwks', 'must be an https URL without a user'],
  ['JWKS_URL', 'https://u:p@auth.example.com/jwks', 'must be an https URL without a user'],
  ...refusedOrigins.map((entry) => ['CORS_ORIGINS', entry, 'entry 1 is not an origin'] as const),
  ...Object.entries(refusedDatabases).flatMap(([problem, urls]) =>
    urls.map((url) => ['DATABASE_URL', `postgres://${url}`, problem] as const),
  ),
])('%s "%s" is refused: "%s"', async (variable, value, problem) => {
  const { response, line } = await callAndReadLog('GET /health', { env: { [variable]: value } });
  expect([response.status, response.json.code]).toEqual([500, 'misconfigured']);
  expect(line.error).toEqual({ code: 'misconfigured', reason: `${variable} ${problem}` });
});

test.each([
  [{ DATABASE_URL: 'postgres://u@127.0.0.1/x', ENVIRONMENT: 'production' }],
  [{ DATABASE_URL: 'postgres://127.0.0.1/x?user=u&password=p' }],
  [{ DATABASE_URL: 'postgres://u:100%safe@127.0.0.1:5432/x' }],
  [{ DATABASE_URL: 'postgres://u:100%safe@[::1]:5432/x?application_name=my app' }],
  [{ DATABASE_URL: 'postgres://u@a.example.com/x?sslrootcert=system', ENVIRONMENT: 'production' }],
  [{ DATABASE_URL: `postgres://u:p@${neon}/x?sslmode=verify-full&sslrootcert=/etc/ssl/cert.pem` }],
  [{ DATABASE_URL: 'postgres://u:p@db.example.com/x?sslmode=disable&sslmode=require', ENVIRONMENT: 'production' }],
  [{ DATABASE_URL: 'postgres://u:p@db.example.com/x?sslmode=require', ENVIRONMENT: 'production' }],
  [{ DATABASE_URL: 'postgres://u:p@db.example.com/x?ssl=true', ENVIRONMENT: 'production' }],
  [{ DATABASE_URL: 'postgres://u:p@ep-a.eastus2.azure.neon.tech/x' }],
  [{ BETTER_AUTH_URL: 'http://localhost:3000' }],
  [{ JWKS_URL: ' http://127.0.0.1:3000/jwks ' }],
])('%j is accepted', async (env) => {
  expect((await call('GET /health', { env })).status).toBe(200);
});

test.each([
  ...['u:p@db.example.com/x', 'u:p@db.example.com/x?sslmode=disable', 'u:p@db.example.com/x?ssl=0'],
  'u:p@db.example.com/x?sslmode=',
  ...['u@db.example.com/x?password=p', 'u:p@localhost/x?host=db.example.com'],
  ...['u:p@db.example.com/x?sslmode=require&sslmode=disable', 'u:p@db.example.com/x?ssl=true&ssl=0'],
])(
  'a production database that would be sent a password over TCP without TLS is refused: postgres://%s',
  async (url) => {
    const env = { DATABASE_URL: `postgres://${url}`, ENVIRONMENT: 'production' };
    const { line } = await callAndReadLog('GET /health', { env });
    expect(line.error.reason).toBe('DATABASE_URL would send the password without TLS: add sslmode=require');
  },
);

test('white space around each value is not part of it', async () => {
  const env = Object.fromEntries(Object.entries(bindings).map(([name, value]) => [name, ` ${value}\n`]));
  const { status, headers } = await call('GET /api/tasks', {
    user: freshUser(),
    env: { ...env, ENVIRONMENT: ' production\n' },
  });
  expect([status, headers.has('strict-transport-security')]).toEqual([200, true]);
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
  expect([status, fetch.mock.calls.map(([url]) => url)]).toEqual([200, [`https://${endpoint}/sql`]]);
});
