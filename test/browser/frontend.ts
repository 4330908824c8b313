import { resolve } from 'node:path';
import { build } from 'esbuild';
import { type BetterAuthServer, startBetterAuth } from '../support/better-auth.ts';

const HTML = `<!doctype html>
<html lang="en">
  <head><meta charset="utf-8"><title>Tasks</title><link rel="icon" href="data:,"></head>
  <body><script type="module" src="/page.js"></script></body>
</html>`;

/** Starts a server with Better Auth and a page on one origin, as a Next.js frontend has them. */
export async function startFrontend(): Promise<BetterAuthServer> {
  const entryPoints = [resolve(import.meta.dirname, 'page.ts')];
  const { outputFiles } = await build({ entryPoints, bundle: true, format: 'esm', platform: 'browser', write: false });
  return startBetterAuth({}, ({ url }, response) => {
    const [type, body] = url === '/page.js' ? ['text/javascript', outputFiles[0]?.text] : ['text/html', HTML];
    response.writeHead(200, { 'Content-Type': type }).end(body);
  });
}
