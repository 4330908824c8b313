import { startWorkerd, type WorkerdOptions } from '../test/support/workerd.ts';
import { type Measurements, median } from './measurements.ts';
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
  const baselines: number[] = [];
  const starts: Awaited<ReturnType<typeof startOnce>>[] = [];
  for (let repetition = 0; repetition <= repetitions; repetition++) {
    baselines.push((await startOnce(empty, token)).listening);
    for (const worker of repetition % 2 ? workers.toReversed() : workers) {
      const start = await startOnce(worker, token);
      if (repetition > 0) starts.push(start); // The first one reads the files from the disk.
    }
  }
  const baseline = median(baselines) ?? Number.NaN;
  for (const { name, listening, listed } of starts) {
    measurements.add('cold start: CPU of evaluating the bundle, ms', name, listening - baseline);
    measurements.add('cold start: CPU of the first list, ms', name, listed - listening);
    measurements.add('cold start: both, ms', name, listed - baseline);
  }
}

/** @returns milliseconds of CPU until the Worker listened, and until its first response was read. */
async function startOnce({ name, ...options }: WorkerdOptions, token: string) {
  const worker = await startWorkerd({ name, ...options });
  const listening = threadCpuTime(worker.pid);
  const response = await fetch(`${worker.url}/api/tasks`, { headers: { Authorization: `Bearer ${token}` } });
  await response.text();
  const listed = threadCpuTime(worker.pid);
  await worker.stop();
  if (!response.ok) throw new Error(`${name}: the first list had status ${response.status}`);
  return { name, listening, listed };
}
