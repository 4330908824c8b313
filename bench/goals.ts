import type { Facts } from './facts.ts';
import type { Figures } from './figures.ts';
import type { Role } from './servers.ts';

export type Goal = {
  name: string;
  measured: number;
  relation: '≤' | '≥' | '<' | '=';
  limit: number;
  unit: string;
  met: boolean;
};

type Draft = [name: string, measured: number | undefined, relation: Goal['relation'], limit: number, unit?: string];

/** Where PgBouncer is missing, TCP has no goals; where FastAPI is, nothing is held against it. */
export function goalsOf(figures: Figures, facts: Facts): Goal[] {
  const ways = facts.pooled ? (['HTTP', 'TCP'] as const) : (['HTTP'] as const);
  const drafts: Draft[] = [
    ...ways.flatMap((way) => cpuGoals(figures, way)),
    ...refusalGoals(figures, facts),
    ...(figures.roles.includes('FastAPI') ? ways.flatMap((way) => fastApiGoals(figures, way)) : []),
    ...ways.flatMap((way) => latencyGoals(figures, way)),
    ...startGoals(facts),
    ...statementGoals(facts),
    ...tokenGoals(figures, facts),
  ];
  return drafts.map(judge);
}

/** Per way: for what is about one task, for a short list and for a long one. */
const cpuLimits = { HTTP: [1.25, 1.0, 0.35], TCP: [1.2, 1.0, 0.45] } as const;

function cpuGoals(figures: Figures, way: 'HTTP' | 'TCP'): Draft[] {
  const [single, short, long] = cpuLimits[way];
  const limits = { 'get one': single, create: single, toggle: single, 'list of 20': short, 'list of 1,000': long };
  return Object.entries(limits).map(([operation, limit]) => [
    `CPU, ${operation}, ours ÷ floor, ${way}`,
    figures.ratio('cpu', operation, `ours, ${way}`, `floor, ${way}`),
    '≤',
    limit,
  ]);
}

function refusalGoals(figures: Figures, { statements }: Facts): Draft[] {
  const sent = statements.filter(({ operation }) => operation === '401').map((it) => it.statements);
  return [
    ['CPU, 401, ours ÷ floor', figures.ratio('cpu', '401, no token', 'ours, HTTP', 'floor, HTTP'), '≤', 1.5],
    ['statements of a 401', Math.max(...sent), '=', 0],
  ];
}

const fastApiLimits = { HTTP: 4, TCP: 2.5 } as const;

function fastApiGoals(figures: Figures, way: 'HTTP' | 'TCP'): Draft[] {
  const limits = { 'list of 20': fastApiLimits[way], 'list of 1,000': 8 };
  return Object.entries(limits).map(([operation, limit]) => [
    `requests/s, ${operation}, 8 connections, ours ÷ FastAPI, ${way}`,
    figures.ratio('rps', operation, `ours, ${way}`, 'FastAPI', 8),
    '≥',
    limit,
  ]);
}

/** S1 SC-004 asks for 500 ms at 50 connections. */
function latencyGoals(figures: Figures, way: 'HTTP' | 'TCP'): Draft[] {
  const [ours, floor]: [Role, Role] = [`ours, ${way}`, `floor, ${way}`];
  const operation = 'list of 20';
  return [50, 100].flatMap((connections): Draft[] => {
    const where = `list of 20, ${connections} connections, ${way}${connections === 50 ? ' (S1 SC-004)' : ''}`;
    const p95 = figures.of('p95', operation, ours, connections);
    return [
      [`p95, ${where}, ours ÷ floor`, figures.ratio('p95', operation, ours, floor, connections), '≤', 1.2],
      [`p95, ${where}`, p95, '<', way === 'HTTP' ? 100 : 500, 'ms'],
      [`errors, ${where}`, figures.errors(ours, operation, connections), '=', 0],
    ];
  });
}

function tokenGoals(figures: Figures, { keySet }: Facts): Draft[] {
  const cost = (operation: string) => figures.difference('cpu', operation, 'ours, HTTP', 'unverified');
  return [
    ['CPU of verifying HS256', cost('422, empty title'), '≤', 0.15, 'ms'],
    ['CPU of verifying EdDSA', cost('422, EdDSA token'), '≤', 0.4, 'ms'],
    [`fetches of the key set in ${keySet.requests} requests`, keySet.fetches, '≤', 2],
  ];
}

function startGoals({ bundles, coldStarts }: Facts): Draft[] {
  const ours = coldStarts.ours.evaluation;
  return [
    ['bundle, gzip, both drivers included', bundles.ours.gzip / 1000, '≤', 140, 'kB'],
    ['CPU of evaluating the bundle', ours, '≤', 15, 'ms'],
    ['CPU of evaluating the bundle, ours ÷ bare Hono', ours / coldStarts['bare Hono'].evaluation, '≤', 2.5],
  ];
}

function statementGoals({ statements }: Facts): Draft[] {
  const successes = statements.filter(({ status }) => status < 400).map((it) => it.statements);
  return [
    ['statements per successful request, most', Math.max(...successes), '=', 1],
    ['statements per successful request, fewest', Math.min(...successes), '=', 1],
  ];
}

/** What was not measured is missed. */
function judge([name, measured = Number.NaN, relation, limit, unit = '']: Draft): Goal {
  const holds = { '≤': measured <= limit, '≥': measured >= limit, '<': measured < limit, '=': measured === limit };
  return { name, measured: Number(measured.toPrecision(4)), relation, limit, unit, met: holds[relation] };
}
