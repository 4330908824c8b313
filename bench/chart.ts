import type { Measurements } from './measurements.ts';

/** Middle tones, which can be read on white and on dark grey. */
const colours: Record<string, string> = { ours: '#1f7fd6', floor: '#8b949e', FastAPI: '#d9722c' };
const OTHER_COLOUR = '#3d9a50';
const TEXT_COLOUR = '#768390';

const COLUMNS = 2;
const PANEL = { x: 16, y: 56, width: 464, label: 86, bar: 258, title: 30, row: 20, gap: 24 };

type Bar = { server: string; worker: number; postgres: number };

/** Draws the CPU per request of each server and, beside it, PostgreSQL's, with a panel for each operation, as SVG. */
export function drawChart(measurements: Measurements, subtitle: string): string {
  const operations = measurements.metrics.flatMap((metric) => /^(.*): Worker CPU, ms$/.exec(metric)?.[1] ?? []);
  const height = PANEL.title + PANEL.row * measurements.servers.length + PANEL.gap;
  const panels = operations.map((operation, at) => {
    const [x, y] = [PANEL.x + (at % COLUMNS) * PANEL.width, PANEL.y + Math.floor(at / COLUMNS) * height];
    return `<g transform="translate(${x} ${y})">\n${drawPanel(operation, barsOf(measurements, operation))}\n</g>`;
  });
  const size = [PANEL.x + COLUMNS * PANEL.width, PANEL.y + Math.ceil(operations.length / COLUMNS) * height];
  const title = 'CPU per request in milliseconds: Worker + PostgreSQL (pale); less is better';
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.join(' ')}" role="img" font-family="sans-serif" font-size="12" fill="${TEXT_COLOUR}">
<title>${title}</title>
<text x="${PANEL.x}" y="24" font-size="16" font-weight="600">${title}</text>
<text x="${PANEL.x}" y="42">${subtitle}</text>
${panels.join('\n')}
</svg>
`;
}

function barsOf(measurements: Measurements, operation: string): Bar[] {
  return measurements.servers.flatMap((server) => {
    const worker = measurements.median(`${operation}: Worker CPU, ms`, server);
    const postgres = measurements.median(`${operation}: PostgreSQL CPU, ms`, server) ?? 0;
    return worker === undefined ? [] : [{ server, worker, postgres }];
  });
}

/** Each panel has its own scale. */
function drawPanel(operation: string, bars: Bar[]): string {
  const scale = PANEL.bar / Math.max(...bars.map(({ worker, postgres }) => worker + postgres));
  const title = `<text y="16" font-size="14" font-weight="600">${operation}</text>`;
  return [title, ...bars.map((bar, at) => drawBar(bar, PANEL.title + at * PANEL.row, scale))].join('\n');
}

function drawBar({ server, worker, postgres }: Bar, y: number, scale: number): string {
  const colour = colours[server.replace(/, .*/, '')] ?? OTHER_COLOUR;
  const weight = server.startsWith('ours') ? 600 : 400;
  const [middle, end] = [PANEL.label + worker * scale, PANEL.label + (worker + postgres) * scale];
  const text = (x: number, anchor: string, content: string) =>
    `<text x="${x.toFixed(1)}" y="${y + 11}" text-anchor="${anchor}" font-weight="${weight}">${content}</text>`;
  const bar = (from: number, to: number, opacity: number) =>
    `<rect x="${from.toFixed(1)}" y="${y}" width="${(to - from).toFixed(1)}" height="14" fill="${colour}" fill-opacity="${opacity}"/>`;
  const values = postgres > 0 ? [worker, postgres] : [worker];
  return [
    text(PANEL.label - 8, 'end', server),
    bar(PANEL.label, middle, 1),
    bar(middle, end, 0.4),
    text(end + 6, 'start', values.map((value) => value.toFixed(value < 10 ? 2 : 1)).join(' + ')),
  ].join('');
}
