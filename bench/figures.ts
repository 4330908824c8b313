import { CPU_CONNECTIONS, type Sample } from './measure.ts';
import type { Role } from './servers.ts';

/** `total` is the CPU of the server and of PostgreSQL together. */
export type Measure = 'cpu' | 'postgres' | 'total' | 'rps' | 'p50' | 'p95' | 'p99';

/** All samples of a run, and what can be asked of them. Whatever compares two servers does so round by round. */
export class Figures {
  readonly rounds: number;
  /** Those in which every server was measured. */
  readonly wholeRounds: number;
  readonly operations: string[];
  readonly connections: number[];
  readonly roles: Role[];
  private readonly samples: Sample[];

  constructor(samples: Sample[]) {
    this.samples = samples;
    const roundsOf = (some: Sample[]) => new Set(some.map(({ round }) => round)).size;
    this.rounds = roundsOf(samples);
    this.operations = [...new Set(samples.map(({ operation }) => operation))];
    this.connections = [...new Set(samples.map(({ connections }) => connections))].sort((a, b) => a - b);
    this.roles = [...new Set(samples.map(({ role }) => role))];
    this.wholeRounds = Math.min(...this.roles.map((one) => roundsOf(samples.filter(({ role }) => role === one))));
  }

  /** The median over all rounds; undefined where nothing was measured. */
  of(measure: Measure, operation: string, role: Role, connections = CPU_CONNECTIONS): number | undefined {
    return median([...this.byRound(measure, operation, role, connections).values()]);
  }

  ratio(measure: Measure, operation: string, one: Role, other: Role, connections = CPU_CONNECTIONS) {
    return this.compare(measure, operation, one, other, connections, (a, b) => a / b);
  }

  difference(measure: Measure, operation: string, one: Role, other: Role): number | undefined {
    return this.compare(measure, operation, one, other, CPU_CONNECTIONS, (a, b) => a - b);
  }

  /** How many requests were not answered as they should be. */
  errors(role: Role, operation?: string, connections?: number): number {
    return this.samples
      .filter((it) => it.role === role && it.operation === (operation ?? it.operation))
      .filter((it) => it.connections === (connections ?? it.connections))
      .reduce((sum, { errors }) => sum + errors, 0);
  }

  private compare(
    measure: Measure,
    operation: string,
    one: Role,
    other: Role,
    connections: number,
    by: (one: number, other: number) => number,
  ): number | undefined {
    const others = this.byRound(measure, operation, other, connections);
    const pairs = [...this.byRound(measure, operation, one, connections)].map(([round, value]) => [
      value,
      others.get(round),
    ]);
    return median(pairs.flatMap(([a, b]) => (a === undefined || b === undefined ? [] : [by(a, b)])));
  }

  private byRound(measure: Measure, operation: string, role: Role, connections: number): Map<number, number> {
    const samples = this.samples.filter(
      (it) => it.operation === operation && it.role === role && it.connections === connections,
    );
    return new Map(samples.map((it) => [it.round, measure === 'total' ? it.cpu + it.postgres : it[measure]]));
  }
}

/** @returns undefined where there are none. */
export function median(values: number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]];
  return low === undefined || high === undefined ? undefined : (low + high) / 2;
}
