import { copyFileSync, cpSync, rmSync, writeFileSync } from 'node:fs';
import { builtinModules, createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import { build } from 'esbuild';

const root = resolve(import.meta.dirname, '..');

/**
 * Bundles the Worker. wrangler would put everything into one module; split at each `import()`, an isolate evaluates
 * only the driver that it needs, which makes its first response a fifth cheaper (docs/benchmarks.md).
 */
export async function buildWorker(outdir = resolve(root, 'dist/worker')): Promise<void> {
  rmSync(outdir, { recursive: true, force: true });
  await build({
    entryPoints: [resolve(root, 'src/index.ts')],
    outdir,
    bundle: true,
    splitting: true,
    format: 'esm',
    target: 'es2024',
    minify: process.env.WRANGLER_COMMAND !== 'dev', // `wrangler dev` sets it: stack traces stay readable.
    sourcemap: true,
    conditions: ['workerd', 'worker', 'browser'],
    // Neon's driver looks for these, does without them over HTTP, and loading them is a seventh of an isolate's start.
    define: Object.fromEntries(
      ['process', 'setImmediate', 'clearImmediate'].map((name) => [`globalThis.${name}`, 'undefined']),
    ),
    external: ['cloudflare:*', 'node:*', ...builtinModules],
    // `pg` is CommonJS and requires Node's modules.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire('/');" },
    logLevel: 'warning',
  });
}

const viewer = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));

/** The files of swagger-ui-dist that the docs page loads. */
const viewerFiles = ['favicon-32x32.png', 'swagger-ui.css', 'swagger-ui-bundle.js', 'swagger-ui-bundle.js.LICENSE.txt'];

/** Writes the OpenAPI document and the page that shows it, which the Worker serves as static assets. */
export async function buildAssets(outdir = resolve(root, 'dist/assets')): Promise<void> {
  const { document } = await import('../openapi/document.ts');
  cpSync(`${root}/openapi/page`, `${outdir}/docs`, { recursive: true });
  writeFileSync(`${outdir}/openapi.json`, JSON.stringify(document));
  for (const file of viewerFiles) copyFileSync(`${viewer}/${file}`, `${outdir}/docs/${file}`);
}

if (import.meta.main) {
  await buildWorker().catch(() => process.exit(1)); // esbuild has printed the errors.
  await buildAssets();
}
