import { cpus } from 'node:os';
import type { Figures } from './figures.ts';
import { CPU_CONNECTIONS } from './measure.ts';
import type { Role } from './operations.ts';

/** What is known of a run beside its samples. */
export type Facts = {
  /** Bytes of our Worker and of the floor. */
  bundles: Record<'ours' | 'floor', { raw: number; gzip: number }>;
  keySet: { requests: number; fetches: number };
  seconds: number;
};

export type Goal = { name: string; measured: number; limit: number; unit: string; met: boolean };

/** What the program promises of itself. */
export function goalsOf(figures: Figures, { keySet }: Facts): Goal[] {
  const goal = (name: string, measured = Number.NaN, limit: number, unit: string) => ({
    name,
    measured: round(measured),
    limit,
    unit,
    met: measured <= limit,
  });
  return [
    goal('verifying HS256, CPU', figures.difference('cpu', '422, HS256', 'unverified'), 0.15, 'ms'),
    goal('verifying EdDSA, CPU', figures.difference('cpu', '422, EdDSA', 'unverified'), 0.4, 'ms'),
    goal(`fetches of the key set in ${keySet.requests} requests`, keySet.fetches, 2, ''),
    goal('p95 of the list of 20 at 50 connections (S1 SC-004)', figures.of('p95', 'list of 20', 'ours', 50), 500, 'ms'),
  ];
}

/** The whole run for a person. */
export function describe(figures: Figures, facts: Facts): string {
  const { ours, floor } = facts.bundles;
  const size = ({ raw, gzip }: { raw: number; gzip: number }) => `${kB(raw)} kB, gzip ${kB(gzip)} kB`;
  return [
    `CPU of workerd per request in ms, at ${CPU_CONNECTIONS} connections, Neon over HTTP; medians of ${figures.rounds} rounds`,
    table(['', 'ours', 'floor', 'ours ÷ floor', 'unverified', 'bare Hono'], figures.operations.map(cpuRow(figures))),
    'floor: a Worker by hand (bench/floor.ts). unverified: ours without the check of the token, the same requests.',
    'HS256 tokens are short, EdDSA tokens have all of Better Auth’s claims. 422: GET /api/tasks/abc, which needs no database.',
    '',
    'Latency in ms (p50 / p95 / p99) and requests per second. Load, database and Worker share this machine.',
    table(['', 'connections', 'ours', '/s', 'floor', '/s'], figures.operations.flatMap(latencyRows(figures))),
    `Bundle   ours ${size(ours)}; floor ${size(floor)}`,
    '',
    table(
      ['Goal', 'measured', 'limit', ''],
      goalsOf(figures, facts).map(({ name, measured, limit, unit, met }) => [
        name,
        `${measured} ${unit}`,
        `${limit} ${unit}`,
        met ? 'met' : 'MISSED',
      ]),
    ),
  ].join('\n');
}

/** The whole run for programs: `bench/results.json`. */
export function results(figures: Figures, facts: Facts) {
  const operations = figures.operations.map((operation) => [
    operation,
    {
      cpuRatioToFloor: round(figures.ratio('cpu', operation, 'floor')),
      ...Object.fromEntries(roles.map((role) => [role, roleResults(figures, operation, role)])),
    },
  ]);
  return {
    measured: new Date().toISOString(),
    machine: `${cpus().length} × ${cpus()[0]?.model}`,
    rounds: figures.rounds,
    ...facts,
    goals: goalsOf(figures, facts),
    operations: Object.fromEntries(operations),
  };
}

const roles: Role[] = ['ours', 'floor', 'unverified', 'bare'];

function roleResults(figures: Figures, operation: string, role: Role) {
  const cpu = figures.of('cpu', operation, role);
  if (cpu === undefined) return undefined;
  const levels = figures.connections.map((connections) => [
    `${connections} connections`,
    latencies(figures, operation, role, connections),
  ]);
  return { cpu: round(cpu), ...Object.fromEntries(levels) };
}

function latencies(figures: Figures, operation: string, role: Role, connections: number) {
  const [rps, p50, p95, p99] = (['rps', 'p50', 'p95', 'p99'] as const).map((measure) =>
    round(figures.of(measure, operation, role, connections)),
  );
  return rps === undefined ? undefined : { rps, p50, p95, p99 };
}

function cpuRow(figures: Figures) {
  return (operation: string): string[] => [
    operation,
    ...[
      figures.of('cpu', operation, 'ours'),
      figures.of('cpu', operation, 'floor'),
      figures.ratio('cpu', operation, 'floor'),
      figures.of('cpu', operation, 'unverified'),
      figures.of('cpu', operation, 'bare'),
    ].map((value) => value?.toFixed(3) ?? '–'),
  ];
}

function latencyRows(figures: Figures) {
  return (operation: string): string[][] =>
    figures.connections
      .filter((connections) => latencies(figures, operation, 'ours', connections))
      .map((connections, at) => [
        at === 0 ? operation : '',
        String(connections),
        ...(['ours', 'floor'] as const).flatMap((role) => {
          const { rps, p50, p95, p99 } = latencies(figures, operation, role, connections) ?? {};
          return [[p50, p95, p99].map((value) => value?.toFixed(1) ?? '–').join(' / '), rps?.toFixed(0) ?? '–'];
        }),
      ]);
}

function table(head: string[], rows: string[][]): string {
  const widths = head.map((title, column) =>
    Math.max(...[head, ...rows].map((row) => row[column]?.length ?? title.length)),
  );
  const line = (row: string[]) =>
    row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join('  ');
  return `${[line(head), ...rows.map(line)].join('\n')}\n`;
}

const kB = (bytes: number) => (bytes / 1000).toFixed(1);

function round(value: number): number;
function round(value: number | undefined): number | undefined;
function round(value: number | undefined): number | undefined {
  return value === undefined ? undefined : Number(value.toPrecision(4));
}
