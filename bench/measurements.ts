/** The values of a run by metric and server, one for each round. */
export class Measurements {
  private readonly values: Record<string, Record<string, number[]>> = {};

  add(metric: string, server: string, value: number): void {
    this.values[metric] ??= {};
    this.values[metric][server] ??= [];
    this.values[metric][server].push(value);
  }

  get metrics(): string[] {
    return Object.keys(this.values);
  }

  get servers(): string[] {
    return [...new Set(Object.values(this.values).flatMap((servers) => Object.keys(servers)))];
  }

  median(metric: string, server: string): number | undefined {
    return median(this.values[metric]?.[server] ?? []);
  }

  /** @returns the median of the ratios in each round: what slows both servers down does not count. */
  ratio(metric: string, server: string, peer: string): number | undefined {
    const { [server]: values = [], [peer]: peers = [] } = this.values[metric] ?? {};
    return median(values.map((value, round) => value / (peers[round] ?? Number.NaN)));
  }

  /** The medians alone. */
  toJSON(): Record<string, Record<string, number | undefined>> {
    const medians = (metric: string) => this.servers.map((server) => [server, this.median(metric, server)]);
    return Object.fromEntries(this.metrics.map((metric) => [metric, Object.fromEntries(medians(metric))]));
  }
}

/** @returns undefined if there are no numbers. */
export function median(values: number[]): number | undefined {
  const sorted = values.filter((value) => !Number.isNaN(value)).toSorted((a, b) => a - b);
  const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]];
  return low === undefined || high === undefined ? undefined : (low + high) / 2;
}
