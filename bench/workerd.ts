import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { unstable_readConfig as readConfig } from 'wrangler';
import { type Bundle, bundlePath, modulesOf } from './build.ts';
import { adopt } from './children.ts';

/** Whatever is measured: where it listens, and the process that works. */
export type Server = { url: string; pid: number };

/** A built Worker that runs in a workerd of its own. */
export type Workerd = Server & { inspectorPort: number; stop: () => Promise<void> };

export type WorkerdOptions = {
  /** Tells apart two servers of one bundle. */
  name: string;
  bundle: Bundle;
  bindings: Record<string, string>;
  /** `host:port` that gets all the Worker's requests, whatever host they are for; else sockets to this machine. */
  outbound?: string | undefined;
  /** Whether the inspector listens. It costs CPU. */
  inspect?: boolean;
  /** Gets each line that the Worker logs or the runtime says. Reading them costs CPU: else the log goes nowhere. */
  onLine?: (line: string) => void;
  /** Called with the process as soon as it listens. */
  onListening?: (pid: number) => void;
};

/** Starts workerd, the runtime alone: `wrangler dev` puts a proxy in front that costs more than what we measure. */
export async function startWorkerd(options: WorkerdOptions): Promise<Workerd> {
  const config = join(dirname(bundlePath(options.bundle)), `${options.name}.capnp`);
  await writeFile(config, capnp(options, await modulesOf(options.bundle)));
  const inspector = options.inspect ? ['--inspector-addr=127.0.0.1:0'] : [];
  const { onLine } = options;
  const workerd = adopt(
    spawn(binary(), ['serve', config, '--control-fd=3', ...inspector], {
      stdio: ['ignore', onLine ? 'pipe' : 'ignore', onLine ? 'pipe' : 'inherit', 'pipe'],
    }),
  );
  for (const output of [workerd.stdout, workerd.stderr])
    if (onLine && output) createInterface(output as Readable).on('line', onLine);
  const pid = workerd.pid ?? 0;
  const ports = await Promise.race([
    listeningPorts(workerd.stdio[3] as Readable),
    once(workerd, 'exit').then(() => Promise.reject(new Error(`workerd did not start ${options.name}`))),
  ]);
  options.onListening?.(pid);
  const tell = () => console.error(`workerd of ${options.name} is gone`);
  workerd.once('exit', tell);
  const stop = async () => {
    workerd.off('exit', tell);
    if (workerd.exitCode !== null || workerd.signalCode !== null) return;
    workerd.kill('SIGKILL');
    await once(workerd, 'exit');
  };
  return { url: `http://127.0.0.1:${ports.listen}`, inspectorPort: ports['listen-inspector'] ?? 0, pid, stop };
}

function binary(): string {
  return createRequire(createRequire(import.meta.url).resolve('wrangler'))('workerd').default;
}

/** workerd tells one port after another, each in a line of JSON; that of the Worker is the last. */
async function listeningPorts(control: Readable): Promise<Record<string, number>> {
  const ports: Record<string, number> = {};
  for await (const line of createInterface(control)) {
    const { event, port } = JSON.parse(line);
    ports[event] = port;
    if (event === 'listen') break;
  }
  return ports;
}

function capnp({ bindings, outbound }: WorkerdOptions, modules: string[]): string {
  const { compatibility_date, compatibility_flags } = readConfig({ config: 'wrangler.toml' });
  const texts = Object.entries(bindings).map(([name, text]) => `(name = "${name}", text = ${JSON.stringify(text)})`);
  const service = outbound ? `external = (address = "${outbound}", http = ())` : 'network = (allow = ["local"])';
  return `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [(name = "main", worker = .worker), (name = "outbound", ${service})],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);

const worker :Workerd.Worker = (
  modules = [${modules.map((module) => `(name = "${module}", esModule = embed "${module}")`).join(', ')}],
  compatibilityDate = "${compatibility_date}",
  compatibilityFlags = ${JSON.stringify(compatibility_flags)},
  bindings = [${texts.join(', ')}],
  globalOutbound = "outbound",
);
`;
}
