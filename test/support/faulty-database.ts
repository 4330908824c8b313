import { inject, vi } from 'vitest';
import { bindings, overNeon } from './api.ts';
import { type NeonFault, PRIVATE_CA, type TcpFault } from './faults.ts';

/** Nothing listens on this port. */
export const unreachableDatabase = { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' };

/** @returns the variables of a Worker that reaches the tests' database through a fault. */
export function faultyDatabase(fault: NeonFault | TcpFault, ports = inject('tcpFaults')) {
  const url = new URL(bindings.DATABASE_URL);
  if (overNeon) return { DATABASE_URL: new URL(`/${fault}`, url).href };
  url.port = String(ports[fault as TcpFault]);
  if (fault === PRIVATE_CA) url.search = 'sslmode=require';
  return { DATABASE_URL: url.href };
}

/** @returns a spy on the Worker's time limits, which expire at once or, as in all other tests, never. */
export function spyOnTimeLimits(expire: boolean) {
  return vi.spyOn(AbortSignal, 'timeout').mockImplementation(() => {
    const controller = new AbortController();
    if (expire) setTimeout(() => controller.abort(), 50);
    return controller.signal;
  });
}

/** Lets the pauses between tries pass at once. @returns their lengths in milliseconds. */
export function skipPauses(): number[] {
  const pauses: number[] = [];
  const { setTimeout } = globalThis;
  vi.spyOn(globalThis, 'setTimeout').mockImplementation(((run: () => void, ms = 0) => {
    if (ms < 300 || ms > 450) return setTimeout(run, ms);
    pauses.push(ms);
    return setTimeout(run, 0);
  }) as typeof globalThis.setTimeout);
  return pauses;
}
