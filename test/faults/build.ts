import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { adopt } from '../../bench/children.ts';

const root = resolve(import.meta.dirname, '../..');

/** Where the Worker's module is, once built. */
export const bundle = resolve(root, 'dist/faults/index.js');

/** Builds the Worker as a deployment would: `wrangler deploy`, short of the upload. */
export async function buildWorker(): Promise<void> {
  const wrangler = adopt(
    spawn('wrangler', ['deploy', 'src/index.ts', '--dry-run', '--minify', '--outdir', 'dist/faults'], {
      cwd: root,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, WRANGLER_HIDE_BANNER: 'true', WRANGLER_SEND_METRICS: 'false' },
    }),
  );
  const [output, [code]] = await Promise.all([text(wrangler.stderr), once(wrangler, 'exit')]);
  if (code !== 0) throw new Error(`wrangler could not build the Worker:\n${output}`);
}
