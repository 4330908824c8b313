import { readFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { extname, resolve } from 'node:path';

const folder = resolve(import.meta.dirname, 'page');

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Serves the demo's page, and tells it where the API is: `apiUrl` is called when the page asks. */
export function pageServer(apiUrl: () => string): RequestListener {
  return ({ url = '/' }, response) => {
    const { pathname } = new URL(url, 'http://localhost');
    if (pathname === '/config.json') {
      response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify({ apiUrl: apiUrl() }));
      return;
    }
    const name = pathname === '/' ? 'index.html' : pathname.slice(1);
    const type = types[extname(name)];
    if (!type || !/^[a-z-]+\.[a-z]+$/.test(name)) {
      response.writeHead(404).end();
      return;
    }
    response
      .writeHead(200, { 'Content-Type': type, 'Cache-Control': 'no-cache' })
      .end(readFileSync(resolve(folder, name)));
  };
}
