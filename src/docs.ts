import type { Context } from 'hono';
import { Hono } from 'hono/tiny';
import { unknownPath } from './errors.ts';
import type { AppEnv } from './index.ts';

/** Nothing but what this Worker serves; images in the viewer's style sheet are `data:`. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The OpenAPI document and the page that shows it: files that the build made, and no part of the Worker's code. */
export const docs = new Hono<AppEnv>()
  .get('/', (c) => c.redirect('/docs'))
  .get('/openapi.json', (c) => sendFile(c, '/openapi.json'))
  .get('/docs', (c) => sendPart(c, '/docs/page.html'))
  .get('/docs/:file', (c) => sendPart(c, c.req.path));

function sendPart(c: Context<AppEnv>, path: string): Promise<Response> {
  c.header('Content-Security-Policy', CONTENT_SECURITY_POLICY);
  c.header('Referrer-Policy', 'no-referrer');
  return sendFile(c, path);
}

/**
 * Sends a file of the Worker's assets, or 304 to a client that has it.
 *
 * @throws {ApiError} `not_found`.
 */
async function sendFile(c: Context<AppEnv>, path: string): Promise<Response> {
  const known = c.req.header('If-None-Match');
  const headers = { ...(known !== undefined && { 'If-None-Match': known }) };
  const file = await c.env.ASSETS?.fetch(new URL(path, c.req.url), { headers });
  if (file === undefined || file.status === 404) throw unknownPath();
  if (file.status !== 200 && file.status !== 304) throw new Error('the store of assets failed');
  for (const name of ['Content-Type', 'Cache-Control', 'ETag'] as const)
    c.header(name, file.headers.get(name) ?? undefined);
  return c.newResponse(file.body, file.status);
}
