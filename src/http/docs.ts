import type { Context } from 'hono';
import { Hono } from 'hono/tiny';
import type { AppEnv } from './app-env.ts';
import { unknownPath } from './not-found.ts';

/** Allows nothing but this Worker's own files; images in the viewer's style sheet are `data:`. */
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

/** The OpenAPI document and the page that shows it: static assets, built by `scripts/build.ts`. */
export const docs = new Hono<AppEnv>()
  .get('/', (c) => c.redirect('/docs'))
  .get('/openapi.json', (c) => sendAsset(c, '/openapi.json'))
  .get('/docs', (c) => sendPage(c, '/docs/page.html'))
  .get('/docs/:file{[\\w.-]+}', (c) => sendPage(c, c.req.path));

function sendPage(c: Context<AppEnv>, path: string): Promise<Response> {
  c.header('Content-Security-Policy', CONTENT_SECURITY_POLICY);
  c.header('Referrer-Policy', 'no-referrer');
  return sendAsset(c, path);
}

/** @throws {ApiError} `not_found`. */
async function sendAsset(c: Context<AppEnv>, path: string): Promise<Response> {
  const etag = c.req.header('If-None-Match');
  const headers = etag === undefined ? {} : { 'If-None-Match': etag };
  const asset = await c.env.ASSETS?.fetch(new URL(path, c.req.url), { headers });
  if (asset === undefined || asset.status === 404) throw unknownPath();
  if (asset.status !== 200 && asset.status !== 304) throw new Error('the assets binding failed');
  for (const name of ['Content-Type', 'Cache-Control', 'ETag']) c.header(name, asset.headers.get(name) ?? undefined);
  return c.newResponse(asset.body, asset.status);
}
