import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const project = resolve(import.meta.dirname, '../..');

/** Empty, whatever a deployment has set in `wrangler.toml`. */
const unset = { CORS_ORIGINS: '', JWT_ISSUER: '', JWT_AUDIENCE: '', VALIDATION_ERROR_STATUS: '' };

/** Starts `wrangler dev` on a free port, with these variables and without those of `.dev.vars`. */
export function startWranglerDev(variables: { DATABASE_URL: string; BETTER_AUTH_URL: string }) {
  const vars = Object.entries({ ...unset, ...variables }).flatMap(([name, value]) => ['--var', `${name}:${value}`]);
  const options = ['--port=0', '--inspector-port=0', '--env-file=/dev/null', '--show-interactive-dev-session=false'];
  const child = spawn('wrangler', ['dev', ...options, ...vars], {
    cwd: project,
    detached: true, // A process group of its own: wrangler that is stopped alone leaves workerd running.
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      CLOUDFLARE_HYPERDRIVE_LOCAL_CONNECTION_STRING_HYPERDRIVE: variables.DATABASE_URL,
      CLOUDFLARE_CF_FETCH_ENABLED: 'false',
      WRANGLER_SEND_METRICS: 'false',
    },
  });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (log += chunk));
  return { url: untilReady(child, () => log), log: () => log, stop: () => stopGroup(child) };
}

async function untilReady(child: ChildProcess, log: () => string): Promise<string> {
  for (;;) {
    const url = /Ready on (http:\/\/localhost:\d+)/.exec(log())?.[1];
    if (url) return url;
    if (child.exitCode !== null) throw new Error(`wrangler dev did not start:\n${log()}`);
    await sleep(100);
  }
}

async function stopGroup(child: ChildProcess): Promise<void> {
  process.kill(-(child.pid ?? 0), 'SIGTERM');
  await once(child, 'exit');
}
