import { existsSync } from 'node:fs';
import { buildBundles } from '../../bench/build.ts';
import { forkModule, nextMessage } from '../../bench/children.ts';
import { residentMemory } from '../../bench/processes.ts';
import { startWorkerd } from '../../bench/workerd.ts';
import { neonUrl } from '../support/neon-host.ts';
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

/** Builds the Worker as a deployment would. */
export function buildWorker(): Promise<void> {
  return buildBundles('ours');
}

/** Starts the Worker in workerd alone, without anything of wrangler's around it. */
export async function startWorker(way: Way, databaseUrl: string): Promise<Worker> {
  const endpoint = way === 'neon' ? forkModule('neon.ts', databaseUrl) : undefined;
  const outbound = endpoint && (await nextMessage<string>(endpoint));
  const lines: string[] = [];
  const { url, pid, inspectorPort, stop } = await startWorkerd({
    name: `faults-${way}`,
    bundle: 'ours',
    bindings: {
      DATABASE_URL: way === 'neon' ? neonUrl(databaseUrl) : databaseUrl,
      BETTER_AUTH_SECRET: secret,
      ENVIRONMENT: 'production',
    },
    outbound,
    inspect: true,
    onLine: (line) => lines.push(line),
  }).catch((error: Error) => {
    throw new Error(`${error.message}:\n${lines.join('\n')}`);
  });
  return {
    way,
    url,
    lines,
    rss: () => (residentMemory(pid) * 1e6) / 2 ** 20,
    collectGarbage: await collector(inspectorPort, url),
    alive: () => existsSync(`/proc/${pid}`),
    stop: async () => {
      endpoint?.kill('SIGKILL');
      await stop();
    },
  };
}
