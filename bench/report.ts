import type { Facts } from './facts.ts';
import type { Figures, Measure } from './figures.ts';
import { goalsOf } from './goals.ts';
import { CPU_CONNECTIONS } from './measure.ts';
import { describeFacts } from './report-facts.ts';
import type { Role } from './servers.ts';
import { decimals, table } from './table.ts';

const peers: Role[] = ['ours, HTTP', 'floor, HTTP', 'ours, TCP', 'floor, TCP', 'Node', 'FastAPI'];

/** The whole run for a person. */
export function describe(figures: Figures, facts: Facts): string {
  const roles = peers.filter((role) => figures.roles.includes(role));
  return [
    ...missing(figures, facts),
    `CPU of the server per request in ms, at ${CPU_CONNECTIONS} connections; medians of ${figures.rounds} rounds, of ${figures.wholeRounds} for Node, FastAPI and bare`,
    table(['', ...roles, 'unverified', 'bare'], figures.operations.map(cpuRow(figures, roles))),
    'CPU of PostgreSQL for each of those requests',
    table(['', ...roles], figures.operations.map(postgresRow(figures, roles))),
    'HTTP: Neon’s driver. TCP: pg. floor: a Worker by hand. unverified: ours without the check of the token.',
    '',
    `CPU as ratios, at ${CPU_CONNECTIONS} connections; all: with that of PostgreSQL`,
    table(['', ...ratios.map(ratioTitle)], figures.operations.map(ratioRow(figures))),
    'Requests per second, then latency in ms (p50 / p95 / p99). Load, database and servers share this machine.',
    table(['', 'connections', ...roles], figures.operations.flatMap(latencyRows(figures, roles))),
    ...describeFacts(figures, facts),
    '',
    table(
      ['Goal', 'measured', 'limit', ''],
      goalsOf(figures, facts).map((goal) => goalRow(goal)),
    ),
  ].join('\n');
}

/** A line for whatever stands in the tables otherwise than usual, or not at all. */
function missing(figures: Figures, { pooled }: Facts): string[] {
  return [
    ...(pooled ? [] : ['PgBouncer is not installed: TCP is measured without a pool, and its goals are left out.']),
    ...(figures.roles.includes('FastAPI')
      ? []
      : ['FastAPI, SQLModel, PyJWT, psycopg2 and Uvicorn are not all installed: FastAPI is left out.']),
  ];
}

const ratios: [Measure, Role, Role][] = [
  ['cpu', 'ours, HTTP', 'floor, HTTP'],
  ['cpu', 'ours, TCP', 'floor, TCP'],
  ['total', 'ours, HTTP', 'floor, HTTP'],
  ['total', 'ours, TCP', 'floor, TCP'],
  ['total', 'FastAPI', 'ours, HTTP'],
  ['total', 'FastAPI', 'ours, TCP'],
];

function cpuRow(figures: Figures, roles: Role[]) {
  return (operation: string): string[] => [
    operation,
    ...[...roles, 'unverified' as const, 'bare' as const]
      .map((role) => figures.of('cpu', operation, role))
      .map(decimals(3)),
  ];
}

function postgresRow(figures: Figures, roles: Role[]) {
  return (operation: string): string[] => [
    operation,
    ...roles.map((role) => figures.of('postgres', operation, role)).map(decimals(3)),
  ];
}

function ratioTitle([measure, one, other]: (typeof ratios)[number]): string {
  return `${measure === 'total' ? 'all, ' : ''}${one} ÷ ${other}`;
}

function ratioRow(figures: Figures) {
  return (operation: string): string[] => [
    operation,
    ...ratios.map((ratio) => figures.ratio(ratio[0], operation, ratio[1], ratio[2])).map(decimals(2)),
  ];
}

function latencyRows(figures: Figures, roles: Role[]) {
  return (operation: string): string[][] =>
    figures.connections
      .filter((connections) => roles.some((role) => figures.of('rps', operation, role, connections) !== undefined))
      .map((connections, at) => [
        at === 0 ? operation : '',
        String(connections),
        ...roles.map((role) => latencyCell(figures, operation, role, connections)),
      ]);
}

function latencyCell(figures: Figures, operation: string, role: Role, connections: number): string {
  const rps = figures.of('rps', operation, role, connections);
  if (rps === undefined) return '–';
  const [p50, p95, p99] = (['p50', 'p95', 'p99'] as const).map((measure) =>
    decimals(1)(figures.of(measure, operation, role, connections)),
  );
  const errors = figures.errors(role, operation, connections);
  return `${rps.toFixed(0)}  ${p50} / ${p95} / ${p99}${errors > 0 ? `  ${errors} errors` : ''}`;
}

function goalRow({ name, measured, relation, limit, unit, met }: ReturnType<typeof goalsOf>[number]): string[] {
  return [name, `${measured} ${unit}`, `${relation} ${limit} ${unit}`, met ? 'met' : 'MISSED'];
}
