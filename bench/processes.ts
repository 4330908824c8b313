import { readdirSync, readFileSync } from 'node:fs';

const MS_PER_TICK = 10;

/** @returns milliseconds of CPU that a process has used, in steps of 10 ms; threads that have ended count. */
export function cpuTime(pid: number): number {
  const [utime = 0, stime = 0] = ticks(pid);
  return (utime + stime) * MS_PER_TICK;
}

/** @returns milliseconds of CPU that the threads of a process have used, to the nanosecond. */
export function threadCpuTime(pid: number): number {
  return readdirSync(`/proc/${pid}/task`).reduce((sum, thread) => sum + runTime(`/proc/${pid}/task/${thread}`), 0);
}

/** @returns milliseconds of CPU that a process and its children have used; children that have ended count. */
export function treeCpuTime(pid: number): number {
  const [, , cutime = 0, cstime = 0] = ticks(pid);
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').split(' ').filter(Boolean);
  const running = [pid, ...children].reduce((sum: number, process) => sum + runTime(`/proc/${process}`), 0);
  return running + (cutime + cstime) * MS_PER_TICK;
}

/** `schedstat` begins with the nanoseconds that a thread has run. It is gone when the thread has ended. */
function runTime(folder: string): number {
  try {
    return Number(readFileSync(`${folder}/schedstat`, 'latin1').split(' ')[0]) / 1e6;
  } catch {
    return 0;
  }
}

/** @returns `utime`, `stime`, `cutime` and `cstime` of proc_pid_stat(5). The name before them may hold spaces. */
function ticks(pid: number): number[] {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1')
    .replace(/^.*\) /s, '')
    .split(' ');
  return fields.slice(11, 15).map(Number);
}
