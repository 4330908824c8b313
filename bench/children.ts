import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Waits until `attempt` resolves to something, and ends the child together with this process.
 *
 * @throws {Error} if the child exits first.
 */
export async function untilReady(child: ChildProcess, attempt: () => Promise<unknown>): Promise<void> {
  process.once('exit', () => child.kill('SIGKILL'));
  for (; child.exitCode === null; await sleep(50)) if (await attempt().catch(() => false)) return;
  throw new Error(`${child.spawnfile} exited with ${child.exitCode}`);
}
