import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { startWorkerd, type WorkerdOptions } from '../test/support/workerd.ts';
import { buildCheckout, buildEmpty, buildFloor, buildOurs, sizeOf } from './builds.ts';
import { drawChart } from './chart.ts';
import { measureColdStarts } from './cold-start.ts';
import { addUsers, type Database, startDatabase } from './database.ts';
import { startFastApi } from './fastapi.ts';
import { judge } from './goals.ts';
import { measureRound, measureStatements } from './measure.ts';
import { Measurements } from './measurements.ts';
import { createOperations, tokenOf } from './operations.ts';
import { resultTable } from './report.ts';
import { openTransports, workersOf } from './transports.ts';

const { quick, against } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, against: { type: 'string' } },
}).values;

const plan = quick ? { rounds: 3, starts: 9 } : { rounds: 15, starts: 21 };

const secret = randomBytes(32).toString('hex');

async function main(): Promise<void> {
  const builds = [await buildOurs(), await buildFloor(), ...(against ? [await buildCheckout(against)] : [])];
  progress(`built: ${builds.map(({ name }) => name).join(', ')}`);
  const database = await startDatabase();
  try {
    const { transports, isPooled } = await openTransports(database.url);
    if (!isPooled) progress('PgBouncer is not installed: TCP goes to PostgreSQL itself, and its goals are left out');
    const measurements = new Measurements();
    const workers = workersOf(builds, transports, secret);
    await measureLoads(database, workers, measurements);
    const [user = { id: '', taskId: '' }] = await addUsers(database, 'newcomer', 1, 20);
    const empty = { ...(await buildEmpty()), bindings: {} };
    await measureColdStarts(workers, empty, await tokenOf(user, secret), plan.starts, measurements);
    progress('cold starts are measured');
    for (const build of builds)
      for (const [kind, size] of Object.entries(await sizeOf(build)))
        measurements.add(`bundle: ${kind}, kB`, `${build.name}, HTTP`, size);
    await report(measurements, isPooled);
  } finally {
    await database.stop();
  }
}

async function measureLoads(database: Database, workers: WorkerdOptions[], measurements: Measurements) {
  const start = async (worker: WorkerdOptions) => ({ ...(await startWorkerd(worker)), name: worker.name, share: 1 });
  const servers = await Promise.all(workers.map(start));
  const fastApi = await startFastApi(database.url, secret);
  if (!fastApi) progress('FastAPI is left out: fastapi, sqlmodel, uvicorn, psycopg2 and jwt are not all installed');
  const operations = await createOperations(database, [...servers, ...(fastApi ? [fastApi] : [])], secret);
  await measureRound(database, operations, new Measurements());
  progress('all servers are warm');
  const reversed = operations.map((operation) => ({ ...operation, servers: operation.servers.toReversed() }));
  for (let round = 1; round <= plan.rounds; round++) {
    await measureRound(database, round % 2 ? operations : reversed, measurements);
    progress(`round ${round} of ${plan.rounds}`);
  }
  await measureStatements(database, operations, measurements);
  for (const server of servers) await server.stop();
}

/** Only a full run of this checkout alone replaces the published results. */
async function report(measurements: Measurements, isPooled: boolean): Promise<void> {
  const goals = judge(measurements, isPooled);
  const table = resultTable(measurements, goals);
  const isPublished = !quick && !against;
  const folder = resolve(import.meta.dirname, isPublished ? '.' : '../dist/bench');
  const run = `${cpus().length} × ${cpus()[0]?.model.trim()}, ${new Date().toISOString().slice(0, 10)}, medians of ${plan.rounds} rounds`;
  const rounded = (_: string, value: unknown) => (typeof value === 'number' ? Number(value.toPrecision(4)) : value);
  await writeFile(`${folder}/results.json`, `${JSON.stringify({ run, isPooled, goals, measurements }, rounded, 2)}\n`);
  await writeFile(`${folder}/chart.svg`, drawChart(measurements, run));
  if (isPublished) await publish(`${run}.\n\n${table}`);
  console.log(`\n${table}\n\n${goals.filter(({ met }) => met).length} of ${goals.length} goals are met.`);
}

async function publish(results: string): Promise<void> {
  const file = resolve(import.meta.dirname, '../docs/benchmarks.md');
  const page = await readFile(file, 'utf8');
  const place = /(?<=<!-- results -->\n).*(?=<!-- \/results -->)/s;
  await writeFile(file, page.replace(place, `\n${results}\n\n`));
}

function progress(done: string): void {
  process.stderr.write(`${(performance.now() / 1000).toFixed(0).padStart(5)} s  ${done}\n`);
}

await main();
process.exit();
