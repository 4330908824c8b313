/** @returns a table for a terminal: the first column to the left, figures to the right. */
export function table(head: string[], rows: string[][]): string {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  const line = (row: string[]) =>
    row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join('  ');
  return `${[line(head), ...rows.map(line)].join('\n')}\n`;
}

/** @returns what writes a figure with so many digits, and a dash where there is none. */
export function decimals(digits: number) {
  return (value: number | undefined) => value?.toFixed(digits) ?? '–';
}
