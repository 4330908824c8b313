import { describe, expect, test } from 'vitest';
import { call, FRONTEND } from './support/api.ts';

const parts = [
  ['/docs', 'text/html; charset=utf-8', '<title>TaskFlow API</title>'],
  ['/docs/page.js', 'text/javascript; charset=utf-8', 'SwaggerUIBundle('],
  ['/docs/page.css', 'text/css; charset=utf-8', '.swagger-ui'],
  ['/docs/swagger-ui.css', 'text/css; charset=utf-8', '.swagger-ui'],
  ['/docs/swagger-ui-bundle.js', 'text/javascript; charset=utf-8', 'SwaggerUIBundle'],
] as const;

const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

describe.each([['/openapi.json', 'application/json', '{"openapi":"3.1.1"'], ...parts] as const)(
  '%s',
  (path, type, text) => {
    test('needs no token, may be kept, and has the headers of every answer', async () => {
      const answer = await call(`GET ${path}`, { headers: { Origin: FRONTEND, 'X-Request-Id': 'mine' } });
      expect(answer.status).toBe(200);
      expect(answer.text).toContain(text);
      expect(Object.fromEntries(answer.headers)).toMatchObject({
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
      const again = await call(`GET ${path}`, { headers: { 'If-None-Match': etag } });
      expect([again.status, again.text, again.headers.get('etag')]).toEqual([304, '', etag]);
      expect((await call(`GET ${path}`, { headers: { 'If-None-Match': '"another"' } })).status).toBe(200);
    });

    test('answers HEAD, a trailing slash and another method as every path does', async () => {
      const head = await call(`HEAD ${path}`);
      expect([head.status, head.text, head.headers.get('content-type')]).toEqual([200, '', type]);
      expect((await call(`GET ${path}/`)).status).toBe(200);
      const post = await call(`POST ${path}`, { body: {} });
      expect([post.status, post.json.code]).toEqual([405, 'method_not_allowed']);
      expect(post.headers.get('allow')).toBe('OPTIONS, HEAD, GET');
    });
  },
);

test.each(parts)(
  '%s lets a browser load nothing from other hosts, and run nothing that is not a file of ours',
  async (path) => {
    const { headers } = await call(`GET ${path}`);
    expect(headers.get('content-security-policy')).toBe(policy);
    expect(headers.get('referrer-policy')).toBe('no-referrer');
  },
);

test('S1 NFR-006: / leads to /docs', async () => {
  const { status, headers } = await call('GET /');
  expect([status, headers.get('location')]).toEqual([302, '/docs']);
});

test.each([
  '/docs/nothing',
  '/docs/../docs/nothing.html',
  '/docs/page',
  '/docs/%2e%2e%2fopenapi.json',
  '/docs/a/b',
  '/dist',
])('%s is no file: 404, as JSON', async (path) => {
  const { status, json } = await call(`GET ${path}`);
  expect([status, json]).toEqual([404, { detail: 'There is nothing at this path', code: 'not_found' }]);
});

test('a Worker that was uploaded without its files says 404', async () => {
  const { status, json } = await call('GET /docs', { env: { ASSETS: null as never } });
  expect([status, json.code]).toEqual([404, 'not_found']);
});

test('a misconfigured Worker says so here too', async () => {
  const { status, json } = await call('GET /openapi.json', { env: { BETTER_AUTH_SECRET: 'short' } });
  expect([status, json.code]).toEqual([500, 'misconfigured']);
});
