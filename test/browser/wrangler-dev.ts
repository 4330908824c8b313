import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const project = resolve(import.meta.dirname, '../..');
const START = 60_000;

/** The Worker as developers run it. */
export type WranglerDev = { url: string; log: () => string; stop: () => Promise<void> };

/** Variables that a deployment may have set in `wrangler.toml`, as if it had not. */
const unset = { CORS_ORIGINS: '', JWT_ISSUER: '', JWT_AUDIENCE: '', VALIDATION_ERROR_STATUS: '' };

/**
 * Starts `wrangler dev` on a free port with these variables, and none of `.dev.vars` or a deployment's, in a process
 * group of its own.
 */
export async function startWranglerDev(variables: {
  DATABASE_URL: string;
  BETTER_AUTH_URL: string;
}): Promise<WranglerDev> {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const options = ['--port', `${port}`, '--inspector-port', '0', '--env-file', '/dev/null'];
  const vars = Object.entries({ ...unset, ...variables }).flatMap(([name, value]) => ['--var', `${name}:${value}`]);
  const child = spawn(
    process.execPath,
    [
      resolve(project, 'node_modules/wrangler/bin/wrangler.js'),
      'dev',
      ...options,
      '--show-interactive-dev-session=false',
      ...vars,
    ],
    {
      cwd: project,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        CLOUDFLARE_HYPERDRIVE_LOCAL_CONNECTION_STRING_HYPERDRIVE: variables.DATABASE_URL,
        CLOUDFLARE_CF_FETCH_ENABLED: 'false',
        WRANGLER_SEND_METRICS: 'false',
      },
    },
  );
  const exited = once(child, 'exit');
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (log += chunk));
  const stop = () => stopGroup(child.pid, exited);
  process.once('exit', () => signal(child.pid, 'SIGKILL')); // For one that is told to stop before it has started.
  try {
    await untilHealthy(url, () => child.exitCode === null);
  } catch {
    await stop();
    throw new Error(`wrangler dev did not start:\n${log}`);
  }
  return { url, log: () => log, stop };
}

/** Wrangler leaves workerd behind where only wrangler is told to stop. */
async function stopGroup(group: number | undefined, exited: Promise<unknown>): Promise<void> {
  signal(group, 'SIGTERM');
  await Promise.race([exited, sleep(5000, undefined, { ref: false })]);
  signal(group, 'SIGKILL');
}

function signal(group: number | undefined, name: NodeJS.Signals): void {
  try {
    if (group !== undefined) process.kill(-group, name);
  } catch {
    // The whole group has ended.
  }
}

async function untilHealthy(url: string, isAlive: () => boolean): Promise<void> {
  const end = Date.now() + START;
  const isHealthy = () => fetch(`${url}/health`, { signal: AbortSignal.timeout(2000) }).then((answer) => answer.ok);
  while (!(await isHealthy().catch(() => false))) {
    if (!isAlive() || Date.now() > end) throw new Error('not healthy in time');
    await sleep(100);
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, 'localhost');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  await once(probe.close(), 'close');
  return port;
}
