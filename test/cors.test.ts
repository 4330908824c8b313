import { describe, expect, test } from 'vitest';
import { type Call, call, FRONTEND, freshUser } from './support/api.ts';

const corsHeaders = (headers: Headers) => [...headers.keys()].filter((name) => name.startsWith('access-control-'));

describe('S0 SC-001, S1 FR-015, S3 FR-012: the frontend’s origin', () => {
  const gone = { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' };
  const requests: [number, string, Call][] = [
    [200, 'GET /api/tasks', { user: 'u' }],
    [201, 'POST /api/tasks', { user: freshUser(), body: { title: 'x' } }],
    [204, 'OPTIONS /api/tasks', {}],
    [400, 'POST /api/tasks', { user: 'u', body: '{' }],
    [401, 'GET /api/tasks', {}],
    [403, 'GET /api/v/tasks', { user: 'u' }],
    [404, 'GET /nope', {}],
    [405, 'PUT /health', {}],
    [413, 'POST /api/tasks', { user: 'u', body: 'x'.repeat(1_048_577) }],
    [415, 'POST /api/tasks', { user: 'u', body: 'x', headers: { 'Content-Type': 'text/plain' } }],
    [422, 'POST /api/tasks', { user: 'u', body: {} }],
    [500, 'GET /api/tasks', { env: { BETTER_AUTH_SECRET: 'short' } }],
    [503, 'GET /api/tasks', { user: 'u', env: gone }],
  ];

  test.each(requests)('may read every answer: %i of %s', async (status, request, options) => {
    const headers = { ...options.headers, Origin: FRONTEND };
    const answer = await call(request, { ...options, headers });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('access-control-allow-origin')).toBe(FRONTEND);
    expect(answer.headers.get('access-control-allow-credentials')).toBe('true');
    expect(answer.headers.get('vary')).toContain('Origin');
    expect(answer.headers.get('access-control-expose-headers')).toBe(
      'ETag,Link,Location,Retry-After,X-Request-Id,Idempotency-Replayed',
    );
  });

  test('is allowed all methods and headers by a preflight, which needs no token', async () => {
    const headers = {
      Origin: FRONTEND,
      'Access-Control-Request-Method': 'PATCH',
      'Access-Control-Request-Headers': 'authorization',
    };
    const answer = await call('OPTIONS /api/user_a/tasks/1', { headers });
    expect([answer.status, answer.text]).toEqual([204, '']);
    expect(answer.headers.get('access-control-allow-methods')).toBe('GET,HEAD,POST,PUT,PATCH,DELETE');
    expect(answer.headers.get('access-control-allow-headers')).toBe(
      'Authorization,Content-Type,If-Match,If-None-Match,Idempotency-Key,X-Request-Id',
    );
    expect(answer.headers.get('access-control-max-age')).toBe('600');
  });

  test('may be one of several, with white space and a trailing slash in the list', async () => {
    const env = { CORS_ORIGINS: ' http://localhost:3000 , https://b.example.com/,' };
    for (const origin of ['http://localhost:3000', 'https://b.example.com']) {
      const answer = await call('GET /health', { env, headers: { Origin: origin } });
      expect(answer.headers.get('access-control-allow-origin')).toBe(origin);
    }
  });

  test('is that of BETTER_AUTH_URL where no list is given', async () => {
    const env = { CORS_ORIGINS: '', BETTER_AUTH_URL: 'https://front.example.com/some/path' };
    const answer = await call('GET /health', { env, headers: { Origin: 'https://front.example.com' } });
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://front.example.com');
  });
});

test.each([
  'https://evil.example.com',
  `${FRONTEND}.evil.com`,
  'https://APP.example.com',
  `${FRONTEND}:444`,
  'null',
  'http://app.example.com',
])('the origin %s gets no CORS header, on no answer', async (origin) => {
  for (const request of ['GET /health', 'GET /api/tasks', 'OPTIONS /api/tasks']) {
    const { headers } = await call(request, { headers: { Origin: origin, 'Access-Control-Request-Method': 'GET' } });
    expect([corsHeaders(headers), headers.get('vary')]).toEqual([[], 'Origin']);
  }
});

test('OPTIONS without an origin lists the methods, and needs no token', async () => {
  const answer = await call('OPTIONS /api/tasks/1');
  expect([answer.status, answer.headers.get('allow')]).toEqual([204, 'OPTIONS, HEAD, GET, PUT, PATCH, DELETE']);
});
