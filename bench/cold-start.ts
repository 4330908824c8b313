import type { Bundle } from './build.ts';
import { median } from './figures.ts';
import { youngCpuTime } from './processes.ts';
import { startWorkerd } from './workerd.ts';

/** What starting cost, in milliseconds; medians. */
export type ColdStart = {
  /** From the start of the process until its first answer was read. */
  firstAnswer: number;
  /** CPU of evaluating the bundle. */
  evaluation: number;
  /** CPU of the first request. */
  firstRequest: number;
};

export type Start = {
  bundle: Bundle;
  bindings: Record<string, string>;
  path: string;
  token?: string;
  outbound?: string;
};

/**
 * Starts each Worker anew, again and again, in turn. workerd evaluates a bundle before it listens, so the CPU of a
 * process at the moment that it says it listens, less that of one with an empty Worker, is what evaluating the bundle
 * costs: parsing, compiling and running all that is at the top level of its modules, and no request.
 */
export async function measureColdStarts<Name extends string>(
  starts: Record<Name | 'empty', Start>,
  repetitions: number,
): Promise<Record<Name | 'empty', ColdStart>> {
  const names = Object.keys(starts) as (Name | 'empty')[];
  const seen = Object.fromEntries(names.map((name) => [name, [] as Awaited<ReturnType<typeof startOnce>>[]]));
  for (let at = 0; at <= repetitions; at++)
    for (const name of names) {
      const measured = await startOnce(name, starts[name]);
      if (at > 0) seen[name]?.push(measured); // The first reads files that the others find in memory.
    }
  const middle = (key: 'firstAnswer' | 'listening' | 'firstRequest', ...of: (Name | 'empty')[]) =>
    median(of.flatMap((name) => seen[name]?.map((it) => it[key]) ?? [])) ?? Number.NaN;
  const sameBundle = (name: Name | 'empty') => names.filter((it) => starts[it].bundle === starts[name].bundle);
  const summary = (name: Name | 'empty'): ColdStart => ({
    firstAnswer: middle('firstAnswer', name),
    evaluation: middle('listening', ...sameBundle(name)) - middle('listening', 'empty'),
    firstRequest: middle('firstRequest', name),
  });
  return Object.fromEntries(names.map((name) => [name, summary(name)])) as Record<Name | 'empty', ColdStart>;
}

async function startOnce(name: string, { bundle, bindings, path, token, outbound }: Start) {
  const begin = performance.now();
  let listening = 0;
  const onListening = (pid: number) => {
    listening = youngCpuTime(pid);
  };
  const server = await startWorkerd({
    name: `cold-${name.replaceAll(/\W+/g, '-')}`,
    bundle,
    bindings,
    outbound,
    onListening,
  });
  const answer = await fetch(`${server.url}${path}`, { headers: token ? { Authorization: `Bearer ${token}` } : {} });
  await answer.text();
  const firstAnswer = performance.now() - begin;
  const firstRequest = youngCpuTime(server.pid) - listening;
  await server.stop();
  if (!answer.ok) throw new Error(`${name} answered its first request with ${answer.status}`);
  return { firstAnswer, listening, firstRequest };
}
