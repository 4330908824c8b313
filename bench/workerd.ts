import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { unstable_readConfig as readConfig } from 'wrangler';
import { type Bundle, bundlePath } from './build.ts';
import { adopt } from './children.ts';

/** Milliseconds in a tick of the kernel's clock for user space, which is 100 Hz on every Linux. */
const TICK = 10;

/** A built Worker that runs in a workerd of its own. */
export type Server = {
  url: string;
  /** Milliseconds of CPU that the process has used so far, user and system, all threads. */
  cpu: () => number;
};

type Options = {
  /** Tells apart two servers of one bundle. */
  name: string;
  bundle: Bundle;
  bindings: Record<string, string>;
  /** `host:port` that gets all the Worker's requests, whatever host they are for. */
  outbound: string;
};

/** Starts workerd, the runtime alone: `wrangler dev` puts a proxy in front that costs more than what we measure. */
export async function startWorkerd(options: Options): Promise<Server> {
  const config = join(dirname(bundlePath(options.bundle)), `${options.name}.capnp`);
  await writeFile(config, capnp(options));
  const binary: string = createRequire(createRequire(import.meta.url).resolve('wrangler'))('workerd').default;
  const workerd = adopt(
    // The log goes nowhere: writing it is the Worker's cost, reading it is not.
    spawn(binary, ['serve', config, '--control-fd=3'], { stdio: ['ignore', 'ignore', 'inherit', 'pipe'] }),
  );
  const port = await Promise.race([
    listeningPort(workerd.stdio[3] as Readable),
    once(workerd, 'exit').then(() => Promise.reject(new Error(`workerd did not start ${options.name}`))),
  ]);
  workerd.once('exit', () => console.error(`workerd of ${options.name} is gone`));
  return { url: `http://127.0.0.1:${port}`, cpu: () => cpuTime(workerd.pid ?? 0) };
}

async function listeningPort(control: Readable): Promise<number> {
  const [line] = await once(createInterface(control), 'line');
  return JSON.parse(line).port;
}

function capnp({ bundle, bindings, outbound }: Options): string {
  const { compatibility_date, compatibility_flags } = readConfig({ config: 'wrangler.toml' });
  const texts = Object.entries(bindings).map(([name, text]) => `(name = "${name}", text = ${JSON.stringify(text)})`);
  return `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "main", worker = .worker),
    (name = "outbound", external = (address = "${outbound}", http = ())),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);

const worker :Workerd.Worker = (
  modules = [(name = "worker", esModule = embed "${basename(bundlePath(bundle))}")],
  compatibilityDate = "${compatibility_date}",
  compatibilityFlags = ${JSON.stringify(compatibility_flags)},
  bindings = [${texts.join(', ')}],
  globalOutbound = "outbound",
);
`;
}

/** See proc_pid_stat(5): `utime` and `stime` are fields 14 and 15; the name before them may hold spaces. */
function cpuTime(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK;
}
