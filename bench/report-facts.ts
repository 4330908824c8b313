import type { Facts } from './facts.ts';
import type { Figures } from './figures.ts';
import { decimals, table } from './table.ts';

/** What is known of a run beside its samples, for a person. */
export function describeFacts(figures: Figures, { bundles, coldStarts, statements, memory }: Facts): string[] {
  const megabytes = Object.entries(memory).map(([role, size]) => `${role} ${size.toFixed(0)}`);
  const errors = figures.roles.map((role) => `${role} ${figures.errors(role)}`);
  const counted = [...new Set(statements.map(({ operation }) => operation))].map((operation) => {
    const counts = statements.filter((it) => it.operation === operation).map((it) => it.statements);
    return `${operation} ${counts.join('/')}`;
  });
  return [
    `Memory after the load, MB   ${megabytes.join(' · ')}`,
    `Errors in all samples   ${errors.join(' · ')}`,
    `Statements per request, counted at PostgreSQL, HTTP/TCP   ${counted.join(' · ')}`,
    `Bundle   ${(['ours', 'floor'] as const).map((name) => `${name} ${kB(bundles[name].raw)} kB, gzip ${kB(bundles[name].gzip)} kB`).join('; ')}`,
    'Cold start of a workerd in ms',
    table(
      ['', 'to the first answer', 'CPU of evaluating the bundle', 'CPU of the first request'],
      Object.entries(coldStarts).map(([name, { firstAnswer, evaluation, firstRequest }]) => [
        name,
        ...[firstAnswer, evaluation, firstRequest].map(decimals(1)),
      ]),
    ),
  ];
}

const kB = (bytes: number) => (bytes / 1000).toFixed(1);
