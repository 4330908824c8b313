import { expect, test, vi } from 'vitest';
import { type Call, call, FRONTEND } from './support/api.ts';

const METHOD = 'Access-Control-Request-Method';

test('a preflight needs no token, and allows all methods and whatever headers the page asks for [S0 SC-001, S1 FR-015, S3 FR-012]', async () => {
  const headers = {
    Origin: FRONTEND,
    [METHOD]: 'PATCH',
    'Access-Control-Request-Headers': 'authorization,traceparent,baggage,sentry-trace',
  };
  const response = await call('OPTIONS /api/user_a/tasks/1', { headers });
  expect(response).toMatchObject({ status: 204, text: '' });
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'access-control-allow-origin': FRONTEND,
    'access-control-allow-credentials': 'true',
    'access-control-allow-methods': 'GET,HEAD,POST,PUT,PATCH,DELETE',
    'access-control-allow-headers': 'authorization,traceparent,baggage,sentry-trace',
    'access-control-max-age': '600',
    vary: expect.stringContaining('Origin'),
  });
});

const customOrigins = [
  ...['capacitor://localhost', 'ionic://localhost', 'tauri://localhost', 'http://tauri.localhost', 'app://-'],
  ...['capacitor://app.example.com', 'capacitor-electron://', 'chrome-extension://abcdefghijklmnop', 'wails://wails'],
];

test.each<readonly [origin: string, env: Call['env']]>([
  ...customOrigins.map((origin) => [origin, { CORS_ORIGINS: origin }] as const),
  ['https://app.example.com', { CORS_ORIGINS: 'HTTPS://App.Example.com/' }],
  ['https://App.Example.com', { CORS_ORIGINS: 'https://app.example.com' }],
  ['http://localhost:3000', { CORS_ORIGINS: ' http://localhost:3000 , https://b.example.com/,' }],
  ['https://b.example.com', { CORS_ORIGINS: ' http://localhost:3000 , https://b.example.com/,' }],
  ['https://front.example.com', { CORS_ORIGINS: '', BETTER_AUTH_URL: 'https://front.example.com/some/path' }],
])('the origin %s is allowed by %j, and echoed as it was sent [S1 FR-015]', async (origin, env) => {
  const { headers } = await call('GET /health', { env, headers: { Origin: origin } });
  expect(headers.get('access-control-allow-origin')).toBe(origin);
});

test.each(['https://evil.example.com', `${FRONTEND}.evil.com`, `${FRONTEND}:444`, 'null', 'http://app.example.com'])(
  'the origin %s gets no CORS header',
  async (origin) => {
    for (const request of ['GET /health', 'GET /api/tasks', 'OPTIONS /api/tasks']) {
      const { headers } = await call(request, { headers: { Origin: origin, [METHOD]: 'GET' } });
      expect([...headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
      expect(headers.get('vary')).toBe('Origin');
    }
  },
);

test.each([
  ['development', 'http://localhost:5173', ['add http://localhost:5173 to CORS_ORIGINS in .dev.vars']],
  ['development', 'null', ['no CORS_ORIGINS can allow it']], // A page that was opened as a file.
  ['development', 'https://api.example.com', []], // The API's own pages.
  ['production', 'http://localhost:5173', []],
])('in %s, the log has these hints for the refused origin %s: %j', async (ENVIRONMENT, Origin, hints) => {
  const log = vi.spyOn(console, 'log');
  await call('GET /health', { env: { ENVIRONMENT }, headers: { Origin } });
  const lines = log.mock.calls.map(([line]) => JSON.parse(String(line)));
  expect(lines.filter(({ event }) => event === 'origin refused').map(({ hint }) => hint)).toEqual(hints);
});

test('OPTIONS without an origin lists the methods, and needs no token', async () => {
  const { status, headers } = await call('OPTIONS /api/tasks/1');
  expect([status, headers.get('allow')]).toEqual([204, 'OPTIONS, HEAD, GET, PUT, PATCH, DELETE']);
});
