import type { Measurements } from './measurements.ts';

/** A limit for a value of ours, or for its ratio to a peer's. */
type Goal = { metric: string; server: string; peer?: string; limit: number; requirement?: string };

export type Verdict = Goal & { name: string; relation: '≤' | '≥' | '='; measured: number; met: boolean };

const operations = ['list of 20', 'list of 1,000', 'get one', 'create', 'toggle'];

/** Limits for the ratio to the floor, over HTTP and over TCP. */
const floorLimits: [metric: string, http: number, tcp?: number][] = [
  ...operations.map((operation): [string, number, number] => [`${operation}: PostgreSQL CPU, ms`, 1.1, 1.1]),
  ['list of 20: Worker + PostgreSQL CPU, ms', 1, 1],
  ['list of 20: p95 at 50 connections, ms', 1.15, 1.15],
  ['list of 20: p95 at 100 connections, ms', 1.15, 1.15],
  ['list of 1,000: Worker CPU, ms', 0.55, 0.7],
  ['list of 1,000: Worker + PostgreSQL CPU, ms', 0.55, 0.7],
  ['list of 1,000: requests/s', 1.6],
  ['get one: Worker + PostgreSQL CPU, ms', 1.15, 1.1],
  ['create: Worker + PostgreSQL CPU, ms', 1.15, 1.05],
  ['toggle: Worker + PostgreSQL CPU, ms', 1.15, 1.05],
  ['401 without a token: Worker CPU, ms', 1.5],
  ['cold start: both, ms', 0.9, 0.9],
];

const goals: Goal[] = [
  ...floorLimits.flatMap(([metric, http, tcp]) => [
    { metric, server: 'ours, HTTP', peer: 'floor, HTTP', limit: http },
    ...(tcp ? [{ metric, server: 'ours, TCP', peer: 'floor, TCP', limit: tcp }] : []),
  ]),
  { metric: 'list of 20: requests/s', server: 'ours, HTTP', peer: 'FastAPI', limit: 5.5 },
  { metric: 'list of 1,000: requests/s', server: 'ours, HTTP', peer: 'FastAPI', limit: 15 },
  ...['ours, HTTP', 'ours, TCP'].flatMap((server) => [
    { metric: 'list of 20: p95 at 50 connections, ms', server, limit: 500, requirement: 'S1 SC-004' },
    ...operations.map((operation) => ({ metric: `${operation}: statements`, server, limit: 1 })),
  ]),
  { metric: '401 without a token: statements', server: 'ours, HTTP', limit: 0 },
];

/** Compares a run with the goals. Without a pool, nothing is expected of TCP. */
export function judge(measurements: Measurements, isPooled: boolean): Verdict[] {
  return goals
    .filter(({ server, peer = server }) => measurements.servers.includes(peer) && (isPooled || !server.endsWith('TCP')))
    .map((goal) => {
      const { metric, server, peer, limit, requirement } = goal;
      const value = peer ? measurements.ratio(metric, server, peer) : measurements.median(metric, server);
      const measured = value ?? Number.NaN;
      const relation = metric.endsWith('statements') ? '=' : metric.endsWith('requests/s') ? '≥' : '≤';
      const met = { '≤': measured <= limit, '≥': measured >= limit, '=': measured === limit }[relation];
      const name = `${metric}, ${server}${peer ? ` ÷ ${peer}` : ''}${requirement ? ` (${requirement})` : ''}`;
      return { ...goal, name, relation, measured, met };
    });
}
