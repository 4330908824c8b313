import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { basename, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { buildWorker } from '../scripts/build.ts';

/** A built Worker: a folder of ES modules, of which `index.js` is the entry. */
export type Build = { name: string; folder: string };

const output = (name: string): Build => ({ name, folder: resolve(import.meta.dirname, '../dist/bench', name) });

/** Builds our Worker as it is deployed. */
export async function buildOurs(): Promise<Build> {
  const ours = output('ours');
  await buildWorker(ours.folder);
  return ours;
}

/** Builds the floor with both drivers in one module. */
export async function buildFloor(): Promise<Build> {
  const floor = output('floor');
  await build({
    entryPoints: [join(import.meta.dirname, 'peers/floor.ts')],
    outfile: join(floor.folder, 'index.js'),
    bundle: true,
    format: 'esm',
    target: 'es2024',
    minify: true,
    conditions: ['workerd', 'worker', 'browser'],
    external: ['cloudflare:*', 'node:*', ...builtinModules],
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire('/');" },
    logLevel: 'error',
  });
  return floor;
}

/** Builds the Worker of another checkout of this project as that one deploys it. */
export async function buildCheckout(checkout: string): Promise<Build> {
  const other = output(basename(resolve(checkout)));
  await rm(other.folder, { recursive: true, force: true });
  const args = ['wrangler', 'deploy', '--dry-run', '--minify', '--outdir', other.folder];
  await promisify(execFile)('npx', args, { cwd: checkout });
  return other;
}

/** Writes a Worker that does nothing: what it uses is workerd's own. */
export async function buildEmpty(): Promise<Build> {
  const empty = output('empty');
  await mkdir(empty.folder, { recursive: true });
  await writeFile(join(empty.folder, 'index.js'), "export default { fetch: () => new Response('ok') };");
  return empty;
}

/** @returns kilobytes of a Worker's modules, uncompressed and compressed. */
export async function sizeOf({ folder }: Build): Promise<{ raw: number; gzip: number }> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.js'));
  const modules = await Promise.all(files.map((file) => readFile(join(folder, file))));
  const kilobytes = (buffers: Buffer[]) => buffers.reduce((sum, { byteLength }) => sum + byteLength, 0) / 1000;
  return { raw: kilobytes(modules), gzip: kilobytes(modules.map((module) => gzipSync(module))) };
}
