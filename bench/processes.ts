import { readdirSync, readFileSync } from 'node:fs';

/** Milliseconds in a tick of the kernel's clock for user space, which is 100 Hz on every Linux. */
const TICK = 10;

/**
 * Milliseconds of CPU that a process has used so far, user and system, all threads, in ticks of 10 ms.
 * See proc_pid_stat(5): `utime` and `stime` are fields 14 and 15; the name before them may hold spaces.
 */
export function cpuTime(pid: number): number {
  return sumOfFields(pid, 14, 15);
}

/** The same of a process, of those that it started, and of those that it started and that have ended. */
export function cpuTimeOfFamily(pid: number): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').split(' ').filter(Boolean);
  return children.reduce((sum, child) => sum + sumOfFields(Number(child), 14, 15), sumOfFields(pid, 14, 15, 16, 17));
}

function sumOfFields(pid: number, ...wanted: number[]): number {
  const fields = stat(pid)
    .replace(/^.*\) /s, '')
    .split(' '); // From the third on.
  return wanted.reduce((sum, field) => sum + Number(fields[field - 3]), 0) * TICK;
}

/** Nothing where the process has just ended: whoever started it then counts its time. */
function stat(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return `${pid} (ended) Z${' 0'.repeat(40)}`;
  }
}

/**
 * Milliseconds of CPU, to the nanosecond, of the threads that a process has now: for a process that is too young for
 * ticks, and has ended no thread yet. The first field of `schedstat` is nanoseconds on a CPU.
 */
export function youngCpuTime(pid: number): number {
  return readdirSync(`/proc/${pid}/task`)
    .map((thread) => Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1').split(' ')[0]) / 1e6)
    .reduce((sum, time) => sum + time, 0);
}

/** Megabytes of memory that a process holds. */
export function residentMemory(pid: number): number {
  return (Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]) * 1024) / 1e6;
}
