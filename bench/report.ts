import type { Verdict } from './goals.ts';
import type { Measurements } from './measurements.ts';

/** A column of the table: the values of a server or, if it has a peer, their ratios to the peer's. */
type Column = { title: string; server: string; peer?: string };

/** @returns all results as a Markdown table, with the goals in brackets and what misses its goal in bold. */
export function resultTable(measurements: Measurements, verdicts: Verdict[]): string {
  const columns = columnsOf(measurements.servers);
  const rows = measurements.metrics.map((metric) => [
    metric,
    ...columns.map((column) => cell(measurements, verdicts, metric, column)),
  ]);
  return markdown([['', ...columns.map(({ title }) => title)], ...rows]);
}

/** Peers are compared with ours over the same transport, and FastAPI with ours over HTTP. */
function columnsOf(servers: string[]): Column[] {
  return ['HTTP', 'TCP'].flatMap((transport) => {
    const [server = '', ...peers] = servers.filter((name) => name.endsWith(transport));
    if (transport === 'HTTP') peers.push(...servers.filter((name) => name === 'FastAPI'));
    const comparisons = peers.map((peer) => [
      { title: peer, server: peer },
      { title: '÷', server, peer },
    ]);
    return [{ title: server, server }, ...comparisons.flat()];
  });
}

function cell(measurements: Measurements, verdicts: Verdict[], metric: string, { server, peer }: Column): string {
  const value = peer ? measurements.ratio(metric, server, peer) : measurements.median(metric, server);
  if (value === undefined) return '–';
  const text = peer ? value.toFixed(2) : amount(value);
  const verdict = verdicts.find((it) => it.metric === metric && it.server === server && it.peer === peer);
  if (!verdict) return text;
  return `${verdict.met ? text : `**${text}**`} (${verdict.relation} ${verdict.limit})`;
}

/** @returns a number with about three significant digits. */
function amount(value: number): string {
  if (Number.isInteger(value)) return String(value);
  return value.toFixed(Math.max(0, value < 1 ? 3 : 3 - Math.ceil(Math.log10(value))));
}

function markdown(rows: string[][]): string {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  const line = (row: string[]) =>
    `| ${row.map((text, at) => (at === 0 ? text.padEnd(widths[at] ?? 0) : text.padStart(widths[at] ?? 0))).join(' | ')} |`;
  const rule = widths.map((width, at) => (at === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  const [head = '', ...body] = rows.map(line);
  return [head, line(rule), ...body].join('\n');
}
