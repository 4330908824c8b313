import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { unstable_readConfig as readConfig } from 'wrangler';
import { adopt, forkModule, nextMessage } from '../../bench/children.ts';
import { neonUrl } from '../support/neon-host.ts';
import { bundle } from './build.ts';
import { secret } from './canaries.ts';
import { collector } from './garbage.ts';

/** The two ways from the Worker to its database. */
export const ways = ['neon', 'tcp'] as const;
export type Way = (typeof ways)[number];

/** The built Worker, in a workerd of its own. */
export type Worker = {
  way: Way;
  url: string;
  /** What it wrote, line by line: its log, and whatever the runtime had to say. */
  lines: string[];
  /** MiB of memory that the process holds. */
  rss: () => number;
  /** Has the isolate collect its garbage, so that what is left is really held. @returns MiB of its heap then. */
  collectGarbage: () => Promise<number>;
  alive: () => boolean;
  stop: () => Promise<void>;
};

/** Starts the Worker in workerd alone, without anything of wrangler's around it. */
export async function startWorker(way: Way, databaseUrl: string): Promise<Worker> {
  const endpoint = way === 'neon' ? forkModule('neon.ts', databaseUrl) : undefined;
  const outbound = endpoint && (await nextMessage<string>(endpoint));
  const config = join(dirname(bundle), `${way}.capnp`);
  await writeFile(config, capnp(way === 'neon' ? neonUrl(databaseUrl) : databaseUrl, outbound));
  const binary: string = createRequire(createRequire(import.meta.url).resolve('wrangler'))('workerd').default;
  const workerd = adopt(
    spawn(binary, ['serve', config, '--control-fd=3', '--inspector-addr=127.0.0.1:0'], {
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    }),
  );
  const lines = readLines(workerd);
  const { http, inspector } = await listeningPorts(workerd).catch(() => {
    throw new Error(`workerd did not start:\n${lines.join('\n')}`);
  });
  const url = `http://127.0.0.1:${http}`;
  return {
    way,
    url,
    lines,
    rss: () => residentMemory(workerd.pid ?? 0),
    collectGarbage: await collector(inspector, url),
    alive: () => workerd.exitCode === null && workerd.signalCode === null,
    stop: async () => {
      await Promise.all([end(workerd), endpoint && end(endpoint)]);
    },
  };
}

function readLines(child: ChildProcess): string[] {
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    createInterface(stream as Readable).on('line', (line) => lines.push(line));
  return lines;
}

/** workerd tells one port after another, each in a line of JSON. */
async function listeningPorts(workerd: ChildProcess): Promise<{ http: number; inspector: number }> {
  const ports: Record<string, number> = {};
  const control = createInterface(workerd.stdio[3] as Readable);
  control.on('line', (line) => {
    const { event, port } = JSON.parse(line);
    ports[event] = port;
    if (ports.listen && ports['listen-inspector']) control.emit('known');
  });
  await once(control, 'known', { signal: AbortSignal.timeout(10_000) });
  return { http: ports.listen ?? 0, inspector: ports['listen-inspector'] ?? 0 };
}

/** Whichever host the Worker's HTTP requests are for, the endpoint gets them; sockets go to this machine only. */
function capnp(databaseUrl: string, outbound?: string): string {
  const { compatibility_date, compatibility_flags } = readConfig({ config: 'wrangler.toml' });
  const service = outbound ? `external = (address = "${outbound}", http = ())` : 'network = (allow = ["local"])';
  return `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [(name = "main", worker = .worker), (name = "outbound", ${service})],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);

const worker :Workerd.Worker = (
  modules = [(name = "worker", esModule = embed "${basename(bundle)}")],
  compatibilityDate = "${compatibility_date}",
  compatibilityFlags = ${JSON.stringify(compatibility_flags)},
  bindings = [
    (name = "DATABASE_URL", text = ${JSON.stringify(databaseUrl)}),
    (name = "BETTER_AUTH_SECRET", text = ${JSON.stringify(secret)}),
    (name = "ENVIRONMENT", text = "production"),
  ],
  globalOutbound = "outbound",
);
`;
}

function residentMemory(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]) / 1024;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}
