import { CPU_CONNECTIONS, type Sample } from './measure.ts';
import type { Role } from './operations.ts';

type Measure = 'cpu' | 'rps' | 'p50' | 'p95' | 'p99';

/** All samples of a run, and what can be asked of them. Whatever compares two servers does so round by round. */
export class Figures {
  readonly rounds: number;
  readonly operations: string[];
  readonly connections: number[];
  private readonly samples: Sample[];

  constructor(samples: Sample[]) {
    this.samples = samples;
    this.rounds = new Set(samples.map(({ round }) => round)).size;
    this.operations = [...new Set(samples.map(({ operation }) => operation))];
    this.connections = [...new Set(samples.map(({ connections }) => connections))].sort((a, b) => a - b);
  }

  /** The median over all rounds; undefined where nothing was measured. */
  of(measure: Measure, operation: string, role: Role, connections = CPU_CONNECTIONS): number | undefined {
    return median(this.values(measure, operation, role, connections));
  }

  ratio(measure: Measure, operation: string, other: Role): number | undefined {
    return this.compare(measure, operation, other, (ours, theirs) => ours / theirs);
  }

  difference(measure: Measure, operation: string, other: Role): number | undefined {
    return this.compare(measure, operation, other, (ours, theirs) => ours - theirs);
  }

  private compare(measure: Measure, operation: string, other: Role, by: (ours: number, theirs: number) => number) {
    const theirs = this.values(measure, operation, other, CPU_CONNECTIONS);
    const ours = this.values(measure, operation, 'ours', CPU_CONNECTIONS);
    return median(theirs.map((their, round) => by(ours[round] ?? Number.NaN, their)));
  }

  private values(measure: Measure, operation: string, role: Role, connections: number): number[] {
    return this.samples
      .filter((it) => it.operation === operation && it.role === role && it.connections === connections)
      .sort((a, b) => a.round - b.round)
      .map((it) => it[measure]);
  }
}

function median(values: number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]];
  return low === undefined || high === undefined ? undefined : (low + high) / 2;
}
