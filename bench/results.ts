import { cpus } from 'node:os';
import type { Facts } from './facts.ts';
import type { Figures } from './figures.ts';
import { goalsOf } from './goals.ts';
import type { Role } from './servers.ts';

/** The whole run for programs: `bench/results.json`. CPU and latencies are milliseconds, memory is megabytes. */
export function results(figures: Figures, facts: Facts) {
  const operations = figures.operations.map((operation) => [
    operation,
    Object.fromEntries(figures.roles.map((role) => [role, serverResults(figures, operation, role)])),
  ]);
  return {
    measured: new Date().toISOString(),
    machine: `${cpus().length} × ${cpus()[0]?.model.trim()}`,
    rounds: figures.rounds,
    wholeRounds: figures.wholeRounds,
    goals: goalsOf(figures, facts),
    operations: Object.fromEntries(operations) as Record<string, Partial<Record<Role, ServerResults>>>,
    ...facts,
  };
}

export type Results = ReturnType<typeof results>;

type ServerResults = ReturnType<typeof serverResults>;

function serverResults(figures: Figures, operation: string, role: Role) {
  const cpu = figures.of('cpu', operation, role);
  if (cpu === undefined) return undefined;
  const levels = figures.connections.flatMap((connections) => {
    const rps = figures.of('rps', operation, role, connections);
    if (rps === undefined) return [];
    const latencies = (['p50', 'p95', 'p99'] as const).map((measure) => [
      measure,
      round(figures.of(measure, operation, role, connections)),
    ]);
    const errors = figures.errors(role, operation, connections);
    return [[`${connections} connections`, { rps: round(rps), ...Object.fromEntries(latencies), errors }]];
  });
  const postgres = round(figures.of('postgres', operation, role));
  return { cpu: round(cpu), postgres, ...Object.fromEntries(levels) };
}

function round(value = Number.NaN): number {
  return Number(value.toPrecision(4));
}
