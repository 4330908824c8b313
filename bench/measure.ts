import { type Database, startStatementCounter } from './database.ts';
import { sendLoad } from './load.ts';
import type { Measurements } from './measurements.ts';
import type { Operation, Server } from './operations.ts';
import { cpuTime } from './processes.ts';

/** Connections at which CPU and requests per second are measured. */
const CONNECTIONS = 8;

/** Numbers of connections at which the latency of a short list is measured. */
const CROWDS = [50, 100];

/** Measures every operation at every server once, the servers one right after the other. */
export async function measureRound(database: Database, operations: Operation[], measurements: Measurements) {
  for (const operation of operations) {
    const { name, servers, status } = operation;
    for (const server of servers) {
      const add = (metric: string, value: number) => measurements.add(`${name}: ${metric}`, server.name, value);
      const load = loadFor(operation, server, CONNECTIONS);
      const [worker, postgres] = [cpuTime(server.pid), database.cpu()];
      const { rate } = await sendLoad(load);
      const workerCpu = (cpuTime(server.pid) - worker) / load.amount;
      const postgresCpu = (database.cpu() - postgres) / load.amount;
      add('Worker CPU, ms', workerCpu);
      if (status < 400) add('PostgreSQL CPU, ms', postgresCpu);
      if (status < 400) add('Worker + PostgreSQL CPU, ms', workerCpu + postgresCpu);
      add('requests/s', rate);
    }
    for (const connections of name === 'list of 20' ? CROWDS : [])
      for (const server of servers) {
        const { p95 } = await sendLoad(loadFor(operation, server, connections));
        measurements.add(`${name}: p95 at ${connections} connections, ms`, server.name, p95);
      }
  }
}

function loadFor({ status, requests, amount }: Operation, { url, share }: Server, connections: number) {
  return { url, status, requests, connections, amount: Math.max(2 * connections, Math.ceil(amount * share)) };
}

/** Counts, at PostgreSQL, the statements that a request takes. */
export async function measureStatements(database: Database, operations: Operation[], measurements: Measurements) {
  const amount = 20;
  const countStatements = await startStatementCounter(database);
  for (const { name, servers, ...load } of operations)
    for (const server of servers) {
      const work = () => sendLoad({ ...load, url: server.url, connections: 1, amount });
      measurements.add(`${name}: statements`, server.name, (await countStatements(work)) / amount);
    }
}
