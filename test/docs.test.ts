import { describe, expect, test } from 'vitest';
import worker from '../dist/tested/index.js';
import { bindings, call, FRONTEND } from './support/api.ts';

const files = [
  ['/docs', 'text/html; charset=utf-8', '<title>TaskFlow API</title>'],
  ['/docs/page.js', 'text/javascript; charset=utf-8', 'SwaggerUIBundle('],
  ['/docs/page.css', 'text/css; charset=utf-8', '.swagger-ui'],
  ['/docs/swagger-ui.css', 'text/css; charset=utf-8', '.swagger-ui'],
  ['/docs/swagger-ui-bundle.js', 'text/javascript; charset=utf-8', 'SwaggerUIBundle'],
] as const;

const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const nothing = { detail: 'There is nothing at this path', code: 'not_found' };

describe.each([['/openapi.json', 'application/json', '{"openapi":"3.1.1"'], ...files] as const)(
  '%s',
  (path, type, text) => {
    test('needs no token, may be cached, and has the headers of every response', async () => {
      const response = await call(`GET ${path}`, { headers: { Origin: FRONTEND, 'X-Request-Id': 'mine' } });
      expect(response.status).toBe(200);
      expect(response.text).toContain(text);
      expect(Object.fromEntries(response.headers)).toMatchObject({
        'content-type': type,
        'cache-control': 'public, max-age=0, must-revalidate',
        etag: expect.stringMatching(/^"\w+"$/),
        'x-content-type-options': 'nosniff',
        'x-request-id': 'mine',
        'access-control-allow-origin': FRONTEND,
      });
    });

    test('is not sent again to a client that has it', async () => {
      const etag = (await call(`GET ${path}`)).headers.get('etag') ?? '';
      const cached = await call(`GET ${path}`, { headers: { 'If-None-Match': etag } });
      expect([cached.status, cached.text, cached.headers.get('etag')]).toEqual([304, '', etag]);
      expect((await call(`GET ${path}`, { headers: { 'If-None-Match': '"another"' } })).status).toBe(200);
    });

    test('takes HEAD and a trailing slash, and no other method', async () => {
      const head = await call(`HEAD ${path}`);
      expect([head.status, head.text, head.headers.get('content-type')]).toEqual([200, '', type]);
      expect((await call(`GET ${path}/`)).status).toBe(200);
      const { status, json, headers } = await call(`POST ${path}`, { body: {} });
      expect([status, json]).toEqual([405, { detail: 'Method not allowed', code: 'method_not_allowed' }]);
      expect(headers.get('allow')).toBe('OPTIONS, HEAD, GET');
    });
  },
);

test.each(files)('%s lets the browser load nothing from other hosts and run no inline script', async (path) => {
  const { headers } = await call(`GET ${path}`);
  expect(headers.get('content-security-policy')).toBe(policy);
  expect(headers.get('referrer-policy')).toBe('no-referrer');
});

test('/ redirects to /docs [S1 NFR-006]', async () => {
  const { status, headers } = await call('GET /');
  expect([status, headers.get('location')]).toEqual([302, '/docs']);
});

test.each([
  '/docs/nothing',
  '/docs/../docs/nothing.html',
  '/docs/..%5Copenapi.json',
  '/docs/%2Fpage.css',
  '/docs/page.css%20',
  '/docs/page',
  '/docs/%2e%2e%2fopenapi.json',
  '/docs/a/b',
  '/dist',
])('%s is not a file: 404, as JSON', async (path) => {
  const { status, json } = await call(`GET ${path}`);
  expect([status, json]).toEqual([404, nothing]);
});

test('a Worker without its static assets responds with 404', async () => {
  const request = new Request('https://api.example.com/docs');
  const response = await worker.fetch(request, bindings);
  expect([response.status, await response.json()]).toEqual([404, nothing]);
});
