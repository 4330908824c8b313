import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { buildWorker } from '../../scripts/build.ts';
import { startNeonEndpoint } from '../support/neon-endpoint.ts';
import { neonUrl } from '../support/neon-host.ts';
import { privateCa } from '../support/private-ca.ts';
import { startWorkerd } from '../support/workerd.ts';
import { secret } from './canaries.ts';
import { collectGarbage } from './garbage.ts';

/** The built Worker in a workerd of its own. */
export type Worker = Awaited<ReturnType<typeof startWorker>>;

const folder = resolve(import.meta.dirname, '../../dist/faults');

async function startWorker(transport: 'Neon HTTP' | 'TCP', databaseUrl: string, timeFactor?: number) {
  const isNeon = transport === 'Neon HTTP';
  const endpoint = isNeon ? await startNeonEndpoint(new URL(databaseUrl)) : undefined;
  const lines: string[] = [];
  const workerd = await startWorkerd({
    folder,
    inspect: true,
    timeFactor,
    name: isNeon ? 'neon' : 'tcp',
    bindings: {
      DATABASE_URL: isNeon ? neonUrl(databaseUrl) : databaseUrl,
      BETTER_AUTH_SECRET: secret,
      ENVIRONMENT: 'production',
    },
    outbound: endpoint && new URL(endpoint.url).host,
    trustedCertificate: privateCa.cert,
    onLine: (line) => lines.push(line),
  }).catch((error: Error) => {
    throw new Error(`${error.message}:\n${lines.join('\n')}`);
  });
  const { url, inspectorPort, pid } = workerd;
  return {
    ...workerd,
    transport,
    /** What the Worker logged and the runtime printed. */
    lines,
    /** @returns MiB of resident memory of the process. */
    memory: () => Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]) / 1024,
    /** Collects garbage, so that only memory in use is left. @returns MiB of the isolate's heap. */
    collectGarbage: () => collectGarbage(inspectorPort, url),
    stop: async () => {
      await workerd.stop();
      await endpoint?.stop();
    },
  };
}

export type Workers = [neon: Worker, tcp: Worker];

/**
 * Builds the Worker, and runs it over each transport for as long as `use` takes.
 *
 * @param tcpUrl how the one over TCP reaches the database.
 */
export async function withWorkers(
  databaseUrl: string,
  use: (workers: Workers) => Promise<void>,
  timeFactor?: number,
  tcpUrl = databaseUrl,
) {
  await buildWorker(folder);
  const neon = await startWorker('Neon HTTP', databaseUrl, timeFactor);
  const workers: Workers = [neon, await startWorker('TCP', tcpUrl, timeFactor)];
  try {
    await use(workers);
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()));
  }
}
