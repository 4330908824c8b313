import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { unstable_readConfig as readConfig } from 'wrangler';
import { prebundle } from '../scripts/prebundle.ts';
import { adopt } from './children.ts';

const root = resolve(import.meta.dirname, '..');
const config = resolve(root, 'dist/bench/wrangler.json');

/** Every Worker that is measured: its entry, and wrangler's arguments for it. */
const builds = {
  ours: ['src/index.ts', '--minify'],
  unverified: ['src/index.ts', '--minify', '--alias', `../auth.ts:${root}/bench/peers/unverified-auth.ts`],
  floor: ['bench/peers/floor.ts', '--minify'],
  bare: ['bench/peers/bare.ts', '--minify'],
  empty: ['bench/peers/empty.ts', '--minify'],
  'ours, readable': ['src/index.ts', '--no-minify'],
  'floor, readable': ['bench/peers/floor.ts', '--no-minify'],
} satisfies Record<string, [entry: string, ...args: string[]]>;

export type Bundle = keyof typeof builds;

/** Builds them as a deployment would: `wrangler deploy`, short of the upload. */
export async function buildBundles(...bundles: Bundle[]): Promise<void> {
  await mkdir(dirname(config), { recursive: true });
  await prebundle();
  await writeFile(config, JSON.stringify(bundling()));
  await Promise.all(bundles.map(build));
}

/** What `wrangler.toml` says of bundling, without what else a deployment builds and uploads. */
function bundling() {
  const { name, alias, compatibility_date, compatibility_flags, minify, keep_names, rules, find_additional_modules } =
    readConfig({ config: resolve(root, 'wrangler.toml') });
  return {
    name,
    alias: Object.fromEntries(Object.entries<string>(alias ?? {}).map(([from, to]) => [from, resolve(root, to)])),
    compatibility_date,
    compatibility_flags,
    minify,
    keep_names,
    rules,
    find_additional_modules,
  };
}

/** @returns where a Worker's module is, once built; its source map is beside it. */
export function bundlePath(name: Bundle): string {
  return resolve(folder(name), `${basename(builds[name][0] ?? '', '.ts')}.js`);
}

/** @returns the paths of all modules of a Worker, relative to its folder; the first is the one that starts. */
export async function modulesOf(name: Bundle): Promise<string[]> {
  const main = basename(bundlePath(name));
  const files = await readdir(folder(name), { recursive: true });
  return [main, ...files.filter((file) => file.endsWith('.js') && file !== main)];
}

/** @returns bytes of a Worker as it is uploaded. */
export async function bundleSize(name: Bundle): Promise<{ raw: number; gzip: number }> {
  const read = (await modulesOf(name)).map((module) => readFile(resolve(folder(name), module)));
  const modules = await Promise.all(read);
  const sum = (sizes: number[]) => sizes.reduce((total, size) => total + size, 0);
  return {
    raw: sum(modules.map(({ byteLength }) => byteLength)),
    gzip: sum(modules.map((module) => gzipSync(module).byteLength)),
  };
}

const folder = (name: Bundle) => resolve(root, 'dist/bench', name.replace(', ', '-'));

async function build(name: Bundle): Promise<void> {
  await rm(folder(name), { recursive: true, force: true });
  const wrangler = adopt(
    spawn('wrangler', ['deploy', ...builds[name], '--config', config, '--dry-run', '--outdir', folder(name)], {
      cwd: root,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, WRANGLER_HIDE_BANNER: 'true', WRANGLER_SEND_METRICS: 'false' },
    }),
  );
  const [output, [code]] = await Promise.all([text(wrangler.stderr), once(wrangler, 'exit')]);
  if (code !== 0) throw new Error(`wrangler could not build ${name}:\n${output}`);
}
