import { startWorkerd, type WorkerdOptions } from '../test/support/workerd.ts';
import type { Measurements } from './measurements.ts';
import { threadCpuTime } from './processes.ts';

/**
 * Starts each Worker again and again, in turn, and has it list tasks once. workerd evaluates the bundle before it
 * listens, so the CPU that it has used by then, less that of `empty`, is the cost of evaluating the bundle.
 */
export async function measureColdStarts(
  workers: WorkerdOptions[],
  empty: WorkerdOptions,
  token: string,
  repetitions: number,
  measurements: Measurements,
): Promise<void> {
  for (let repetition = 0; repetition <= repetitions; repetition++) {
    const baseline = await startOnce(empty, token);
    for (const worker of repetition % 2 ? workers.toReversed() : workers) {
      const { listening, listed } = await startOnce(worker, token);
      if (repetition === 0) continue; // It reads the files from the disk.
      const add = (metric: string, value: number) => measurements.add(`cold start: ${metric}`, worker.name, value);
      add('CPU of evaluating the bundle, ms', listening - baseline.listening);
      add('CPU of the first list, ms', listed - listening);
      add('both, ms', listed - baseline.listening);
    }
  }
}

/** @returns milliseconds of CPU until the Worker listened, and until its first response was read. */
async function startOnce(options: WorkerdOptions, token: string) {
  const worker = await startWorkerd(options);
  const listening = threadCpuTime(worker.pid);
  const response = await fetch(`${worker.url}/api/tasks`, { headers: { Authorization: `Bearer ${token}` } });
  await response.text();
  const listed = threadCpuTime(worker.pid);
  await worker.stop();
  if (!response.ok) throw new Error(`${options.name}: the first list had status ${response.status}`);
  return { listening, listed };
}
