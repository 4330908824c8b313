import type { ChildProcess } from 'node:child_process';
import { nextMessage } from './children.ts';
import type { LoadAnswer, LoadOrder } from './load.ts';
import type { Operation, Role } from './operations.ts';
import type { Server } from './workerd.ts';

/** Where CPU is measured; the other numbers of connections are for latencies. */
export const CPU_CONNECTIONS = 16;

/** Milliseconds of CPU that a sample is to use, so that a tick of 10 ms is less than 2 % of it. */
const CPU_OF_SAMPLE = 600;

/** Seconds of load for a sample of latencies. */
const LATENCY_WINDOW = 0.7;

const WARM_UP = 1_000;
const TRIAL = 500;
const MOST = 20_000;

/** One server under one kind of load, once. `cpu` is milliseconds per request. */
export type Sample = LoadAnswer & { operation: string; role: Role; connections: number; round: number; cpu: number };

/** `latencies` says at which numbers of connections an operation is looked at beside `CPU_CONNECTIONS`. */
export type Plan = {
  latencies: (operation: string) => number[];
  minRounds: number;
  maxRounds: number;
  /** Seconds since the start of the process after which no round may end. */
  deadline: number;
};

type Case = { operation: Operation; role: Role; server: Server; cpu: number; rps: number };

/**
 * Measures every server of every operation in turn, round after round, so that what drifts on the machine hits
 * all alike. Ends where a round more would pass the plan's deadline.
 */
export async function measureAll(load: ChildProcess, operations: Operation[], plan: Plan): Promise<Sample[]> {
  const cases = await warmUp(load, operations);
  const samples: Sample[] = [];
  let longest = 0;
  for (let round = 0; round < plan.maxRounds; round++) {
    const start = performance.now();
    if (round >= plan.minRounds && (start + longest) / 1000 > plan.deadline) break;
    for (const it of round % 2 ? cases.toReversed() : cases)
      for (const connections of levelsOf(it, plan)) samples.push(await sample(load, it, connections, round));
    longest = Math.max(longest, performance.now() - start);
    process.stderr.write(`round ${round + 1} took ${((performance.now() - start) / 1000).toFixed(1)} s\n`);
  }
  return samples;
}

/** Sends `amount` requests and says what they cost the server. */
export async function send(
  load: ChildProcess,
  server: Server,
  operation: Operation,
  connections: number,
  amount: number,
) {
  const { status, requests } = operation;
  const before = server.cpu();
  load.send({ url: server.url, connections, amount, status, requests } satisfies LoadOrder);
  const answer = await nextMessage<LoadAnswer>(load);
  return { ...answer, cpu: (server.cpu() - before) / amount };
}

/** Until workerd's compiler has settled; then a few, to learn how many requests a sample needs. */
async function warmUp(load: ChildProcess, operations: Operation[]): Promise<Case[]> {
  const cases: Case[] = [];
  for (const operation of operations)
    for (const [role, server] of Object.entries(operation.servers)) {
      await send(load, server, operation, CPU_CONNECTIONS, WARM_UP);
      const { cpu, rps } = await send(load, server, operation, CPU_CONNECTIONS, TRIAL);
      cases.push({ operation, role: role as Role, server, cpu, rps });
    }
  return cases;
}

/** Who is there only to tell what a part of us costs has no latencies. */
function levelsOf({ operation, role }: Case, { latencies }: Plan): number[] {
  return [CPU_CONNECTIONS, ...(role === 'ours' || role === 'floor' ? latencies(operation.name) : [])];
}

async function sample(load: ChildProcess, it: Case, connections: number, round: number): Promise<Sample> {
  const { operation, role, server } = it;
  const enough = connections === CPU_CONNECTIONS ? CPU_OF_SAMPLE / it.cpu : it.rps * LATENCY_WINDOW;
  const share = connections === 1 ? 0.3 : 1; // One connection has nothing to overlap with.
  const amount = Math.ceil(Math.min(MOST, Math.max(enough * share, 5 * connections)));
  const answer = await send(load, server, operation, connections, amount);
  if (connections === CPU_CONNECTIONS) Object.assign(it, { cpu: answer.cpu, rps: answer.rps });
  return { operation: operation.name, role, connections, round, ...answer };
}
