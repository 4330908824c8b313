import type { Operation } from './operations.ts';
import { progress } from './progress.ts';
import type { Send, Sent } from './send.ts';
import type { Role } from './servers.ts';
import type { Server } from './workerd.ts';

/** Where CPU is measured; the other numbers of connections are for latencies and requests per second. */
export const CPU_CONNECTIONS = 16;

/** One server under one kind of load, once. */
export type Sample = Sent & { operation: string; role: Role; connections: number; round: number };

export type Plan = {
  /** At which numbers of connections an operation is looked at in a whole round, beside `CPU_CONNECTIONS`. */
  levels: (operation: string) => number[];
  /** Milliseconds of CPU that a sample is to use, which is counted in ticks of 10 ms. */
  cpu: number;
  /** Seconds of load for each server and operation before anything is measured. */
  warmUp: number;
  /** Seconds of load for a sample of latencies. */
  window: number;
  /**
   * Every how many rounds one is whole; an odd number, so that the order of servers changes. The others measure CPU of
   * what goals compare: two samples differ by a sixth here, whether they are long or short, so that many short ones say
   * most.
   */
  whole: number;
  minRounds: number;
  maxRounds: number;
  /** Seconds since the start of the process after which no round may end. */
  deadline: number;
};

type Case = { operation: Operation; role: Role; server: Server; cpu: number; rps: number };

const TRIAL = 2 * CPU_CONNECTIONS;
const MOST = 20_000;

/**
 * Measures every operation at every level of load, its servers one right after the other, round after round, so that
 * what drifts on the machine hits all alike. Ends where a round more would pass the plan's deadline.
 */
export async function measureAll(send: Send, operations: Operation[], plan: Plan): Promise<Sample[]> {
  const cases: Case[][] = [];
  for (const operation of operations) cases.push(await warmUp(send, operation, plan));
  progress('everything is warm');
  const samples: Sample[] = [];
  const lasted: number[] = [];
  for (let round = 0; round < plan.maxRounds; round++) {
    const start = performance.now();
    const expected = lasted.at(-plan.whole) ?? Math.max(0, ...lasted); // Which looked at the same.
    if (round >= plan.minRounds && (start + expected) / 1000 > plan.deadline) break;
    for (const servers of cases) samples.push(...(await measureOne(send, servers, plan, round)));
    lasted.push(performance.now() - start);
    progress(`round ${round + 1}`);
  }
  return samples;
}

async function measureOne(send: Send, servers: Case[], plan: Plan, round: number): Promise<Sample[]> {
  const samples: Sample[] = [];
  const isWhole = round % plan.whole === 0;
  const looked = isWhole ? servers : servers.filter(({ role }) => /^(ours|floor|unverified)/.test(role));
  const inTurn = round % 2 ? looked.toReversed() : looked;
  const levels = isWhole ? plan.levels(servers[0]?.operation.name ?? '') : [];
  for (const connections of [CPU_CONNECTIONS, ...levels])
    for (const it of inTurn) {
      const { operation, role } = it;
      const answer = await sample(send, it, connections, plan);
      samples.push({ operation: operation.name, role, connections, round, ...answer });
    }
  return samples;
}

/** Until the compiler has settled; before that a few, to learn how many requests that takes. */
async function warmUp(send: Send, operation: Operation, plan: Plan): Promise<Case[]> {
  const cases: Case[] = [];
  for (const [role, server] of Object.entries(operation.servers)) {
    const trial = await send(server, operation, CPU_CONNECTIONS, TRIAL);
    const amount = Math.max(CPU_CONNECTIONS, Math.ceil(trial.rps * plan.warmUp));
    const { cpu, rps } = await send(server, operation, CPU_CONNECTIONS, amount);
    cases.push({ operation, role: role as Role, server, cpu, rps });
  }
  return cases;
}

async function sample(send: Send, it: Case, connections: number, plan: Plan) {
  const atCpuLevel = connections === CPU_CONNECTIONS;
  const enough = atCpuLevel ? plan.cpu / Math.max(it.cpu, 0.01) : it.rps * plan.window;
  const share = connections === 1 ? 0.3 : 1; // One connection has nothing to overlap with.
  const amount = Math.ceil(Math.min(MOST, Math.max(enough * share, 2 * connections)));
  const answer = await send(it.server, it.operation, connections, amount);
  if (atCpuLevel) Object.assign(it, { cpu: answer.cpu, rps: answer.rps });
  return answer;
}
