import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { adopt } from './children.ts';

const root = resolve(import.meta.dirname, '..');

/** Every Worker that is measured: its entry, and wrangler's arguments for it. */
const builds = {
  ours: ['src/index.ts'],
  unverified: ['src/index.ts', '--alias', '../auth.ts:./bench/unverified-auth.ts'],
  floor: ['bench/floor.ts'],
  bare: ['bench/bare.ts'],
} satisfies Record<string, [entry: string, ...args: string[]]>;

export type Bundle = keyof typeof builds;

/** Builds them all as a deployment would: `wrangler deploy`, short of the upload. */
export async function buildBundles(): Promise<void> {
  await Promise.all(Object.entries(builds).map(([name, args]) => build(name, args)));
}

/** @returns where a Worker's module is, once built. */
export function bundlePath(name: Bundle): string {
  return resolve(root, 'dist/bench', name, `${basename(builds[name][0] ?? '', '.ts')}.js`);
}

/** @returns bytes of a Worker as it is uploaded. */
export async function bundleSize(name: Bundle): Promise<{ raw: number; gzip: number }> {
  const module = await readFile(bundlePath(name));
  return { raw: module.byteLength, gzip: gzipSync(module).byteLength };
}

async function build(name: string, args: string[]): Promise<void> {
  const fixed = ['deploy', ...args, '--dry-run', '--minify', '--outdir', `dist/bench/${name}`];
  const wrangler = adopt(
    spawn('wrangler', fixed, {
      cwd: root,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, WRANGLER_HIDE_BANNER: 'true', WRANGLER_SEND_METRICS: 'false' },
    }),
  );
  const [output, [code]] = await Promise.all([text(wrangler.stderr), once(wrangler, 'exit')]);
  if (code !== 0) throw new Error(`wrangler could not build ${name}:\n${output}`);
}
