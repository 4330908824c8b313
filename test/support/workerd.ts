import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { unstable_readConfig as readConfig } from 'wrangler';

/** A factor of the Worker's time limits with which no busy machine exceeds them, where they are not what is tested. */
export const PATIENCE = 5;

/** A workerd process that runs one Worker. */
export type Workerd = Awaited<ReturnType<typeof startWorkerd>>;

export type WorkerdOptions = {
  /** Absolute path of the folder of the Worker's modules; by default that of the tests. `index.js` is the entry. */
  folder?: string;
  /** Names the configuration file: several processes may run the same folder. */
  name: string;
  bindings: Record<string, string>;
  /** `host:port` that receives every request of the Worker. Without it, the Worker connects to this machine alone. */
  outbound?: string | undefined;
  /** In PEM: a certificate of a private authority that the Worker trusts for TLS over TCP. */
  trustedCertificate?: string;
  /** Receives each line that the Worker logs and that the runtime prints. Reading them costs CPU. */
  onLine?: (line: string) => void;
  /** Opens the inspector, which costs CPU. */
  inspect?: boolean;
  /** Multiplies the Worker's time limits and pauses. */
  timeFactor?: number | undefined;
};

const TESTED = resolve(import.meta.dirname, '../../dist/tested');

const running = new Set<ChildProcess>();

process.on('exit', () => {
  for (const workerd of running) workerd.kill('SIGKILL');
});

/** Starts the runtime without the proxy that `wrangler dev` puts in front of it. */
export async function startWorkerd(options: WorkerdOptions) {
  const { folder = TESTED, name, onLine, inspect } = options;
  const config = join(folder, `${name}.capnp`);
  const modules = (await readdir(folder)).filter((file) => file.endsWith('.js') && file !== 'index.js');
  await writeFile(config, configuration(['index.js', ...modules], options));
  const args = ['serve', config, '--control-fd=3', ...(inspect ? ['--inspector-addr=127.0.0.1:0'] : [])];
  const [stdout, stderr] = onLine ? (['pipe', 'pipe'] as const) : (['ignore', 'inherit'] as const);
  const workerd = spawn(binary(), args, { stdio: ['ignore', stdout, stderr, 'pipe'] });
  running.add(workerd);
  for (const stream of [workerd.stdout, workerd.stderr])
    if (stream && onLine) createInterface(stream).on('line', onLine);
  const exited = once(workerd, 'exit').finally(() => running.delete(workerd));
  const failed = exited.then(() => Promise.reject(new Error(`workerd of ${name} exited`)));
  const ports = await Promise.race([listeningPorts(workerd.stdio[3] as Readable), failed]);
  failed.catch(() => {});
  const stop = async () => {
    workerd.kill('SIGKILL');
    await exited;
  };
  return {
    url: `http://127.0.0.1:${ports.listen}`,
    inspectorPort: ports['listen-inspector'] ?? 0,
    pid: workerd.pid ?? 0,
    isRunning: () => workerd.exitCode === null && workerd.signalCode === null,
    stop,
  };
}

function binary(): string {
  return createRequire(createRequire(import.meta.url).resolve('wrangler'))('workerd').default;
}

/** workerd reports each port as one line of JSON; the port of the Worker comes last. */
async function listeningPorts(control: Readable): Promise<Record<string, number>> {
  const ports: Record<string, number> = {};
  for await (const line of createInterface(control)) {
    const { event, port } = JSON.parse(line);
    ports[event] = port;
    if (event === 'listen') break;
  }
  return ports;
}

/** @returns the code of a module that runs the Worker with other time limits. */
function withTimeFactor(factor: number): string {
  return `const { setTimeout } = globalThis;
const timeout = AbortSignal.timeout.bind(AbortSignal);
globalThis.setTimeout = (callback, milliseconds) => setTimeout(callback, ${factor} * milliseconds);
AbortSignal.timeout = (milliseconds) => timeout(${factor} * milliseconds);
export { default } from "./index.js";`;
}

function configuration(files: string[], { bindings, outbound, trustedCertificate, timeFactor }: WorkerdOptions) {
  const config = resolve(import.meta.dirname, '../../wrangler.toml');
  const { compatibility_date, compatibility_flags } = readConfig({ config });
  const texts = Object.entries(bindings).map(([name, text]) => `(name = "${name}", text = ${JSON.stringify(text)})`);
  const modules = files.map((file) => `(name = "${file}", esModule = embed "${file}")`);
  if (timeFactor) modules.unshift(`(name = "entry.js", esModule = ${JSON.stringify(withTimeFactor(timeFactor))})`);
  const tls = `tlsOptions = (trustedCertificates = ${JSON.stringify([trustedCertificate].filter(Boolean))})`;
  const network = `network = (allow = ["local"], ${tls})`;
  const service = outbound ? `external = (address = "${outbound}", http = ())` : network;
  return `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [(name = "main", worker = .worker), (name = "outbound", ${service})],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);

const worker :Workerd.Worker = (
  modules = [${modules.join(', ')}],
  compatibilityDate = "${compatibility_date}",
  compatibilityFlags = ${JSON.stringify(compatibility_flags)},
  bindings = [${texts.join(', ')}],
  globalOutbound = "outbound",
);
`;
}
