import { CPU_CONNECTIONS } from './measure.ts';
import type { Results } from './results.ts';
import type { Role } from './servers.ts';

/** Middle tones: they can be read on white and on GitHub's dark grey alike. */
const colours: Partial<Record<Role, string>> = {
  'ours, HTTP': '#1f7fd6',
  'floor, HTTP': '#8b949e',
  'ours, TCP': '#1f7fd6',
  'floor, TCP': '#8b949e',
  Node: '#3d9a50',
  FastAPI: '#d9722c',
};
const TEXT = '#768390';

const COLUMNS = 2;
const PANEL = { width: 440, label: 86, value: 84, row: 20, title: 30, gap: 24 };
const MARGIN = 16;
const HEAD = 56;

/** CPU per request of every server, a panel for each operation with a scale of its own, as SVG. */
export function drawChart({ operations, measured, machine }: Pick<Results, 'operations' | 'measured' | 'machine'>) {
  const shown = Object.entries(operations).filter(([, servers]) => servers.Node);
  const { svg, bottom } = arrange(shown.map(([operation, servers]) => panel(operation, barsOf(servers))));
  const width = 2 * MARGIN + COLUMNS * PANEL.width + PANEL.gap;
  const title = 'CPU per request in milliseconds: the server’s, and pale PostgreSQL’s (less is better)';
  const subtitle = `at ${CPU_CONNECTIONS} connections, each operation with its own scale; ${machine}, ${measured.slice(0, 10)}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${bottom}" width="${width}" height="${bottom}" role="img" font-family="-apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif" font-size="12" fill="${TEXT}">
<title>${title}</title>
<text x="${MARGIN}" y="24" font-size="16" font-weight="600">${title}</text>
<text x="${MARGIN}" y="42">${escaped(subtitle)}</text>
${svg}
</svg>
`;
}

/** In rows, each as high as its highest panel. */
function arrange(panels: Panel[]): { svg: string; bottom: number } {
  const groups: string[] = [];
  let y = HEAD;
  for (let at = 0; at < panels.length; at += COLUMNS) {
    const row = panels.slice(at, at + COLUMNS);
    for (const [column, { svg }] of row.entries())
      groups.push(`<g transform="translate(${MARGIN + column * (PANEL.width + PANEL.gap)} ${y})">\n${svg}\n</g>`);
    y += Math.max(...row.map(({ height }) => height)) + PANEL.gap;
  }
  return { svg: groups.join('\n'), bottom: y };
}

type Panel = { svg: string; height: number };

type Bar = { role: Role; cpu: number; postgres: number };

function barsOf(servers: Results['operations'][string]): Bar[] {
  return (Object.keys(colours) as Role[]).flatMap((role) => {
    const server = servers[role];
    return server ? [{ role, cpu: server.cpu, postgres: server.postgres }] : [];
  });
}

function panel(operation: string, bars: Bar[]): Panel {
  const most = Math.max(...bars.map(({ cpu, postgres }) => cpu + postgres));
  const scale = (PANEL.width - PANEL.label - PANEL.value) / most;
  const lines = bars.map((bar, at) => line(bar, PANEL.title + at * PANEL.row, scale));
  const svg = [`<text y="16" font-size="14" font-weight="600">${escaped(operation)}</text>`, ...lines].join('\n');
  return { svg, height: PANEL.title + bars.length * PANEL.row };
}

function line({ role, cpu, postgres }: Bar, y: number, scale: number): string {
  const weight = role.startsWith('ours') ? ' font-weight="600"' : '';
  const [own, others] = [Math.max(1, cpu * scale), postgres * scale];
  const bar = (x: number, width: number, opacity: number) =>
    `<rect x="${x.toFixed(1)}" y="${y}" width="${width.toFixed(1)}" height="14" fill="${colours[role]}" fill-opacity="${opacity}"/>`;
  const amount = [cpu, ...(postgres > 0 ? [postgres] : [])]
    .map((value) => value.toFixed(value < 10 ? 2 : 1))
    .join(' + ');
  return [
    `<text x="${PANEL.label - 8}" y="${y + 11}" text-anchor="end"${weight}>${role}</text>`,
    bar(PANEL.label, own, 1),
    bar(PANEL.label + own, others, 0.4),
    `<text x="${(PANEL.label + own + others + 6).toFixed(1)}" y="${y + 11}"${weight}>${amount}</text>`,
  ].join('');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
