import type { RequestListener } from 'node:http';
import { resolve } from 'node:path';
import { build } from 'esbuild';

const html = `<!doctype html>
<html lang="en">
  <head><meta charset="utf-8"><title>Tasks</title><link rel="icon" href="data:,"></head>
  <body><script type="module" src="/page.js"></script></body>
</html>`;

/** Bundles the frontend, as its own build would, and serves it. */
export async function servePage(): Promise<RequestListener> {
  const { outputFiles } = await build({
    entryPoints: [resolve(import.meta.dirname, 'page.ts')],
    bundle: true,
    format: 'esm',
    platform: 'browser',
    write: false,
  });
  const files: Record<string, { type: string; content: string }> = {
    '/': { type: 'text/html', content: html },
    '/page.js': { type: 'text/javascript', content: outputFiles[0]?.text ?? '' },
  };
  return (request, response) => {
    const file = files[request.url ?? ''];
    response.writeHead(file ? 200 : 404, { 'Content-Type': file?.type ?? 'text/plain' }).end(file?.content);
  };
}
