import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Waits until `attempt` succeeds, and ends the child together with this process.
 *
 * @throws {Error} if the child exits first.
 */
export async function untilReady(child: ChildProcess, attempt: () => Promise<unknown>): Promise<void> {
  process.once('exit', () => child.kill('SIGKILL'));
  while (child.exitCode === null) {
    const isReady = await attempt().then(
      () => true,
      () => false,
    );
    if (isReady) return;
    await sleep(50);
  }
  throw new Error(`${child.spawnfile} exited with ${child.exitCode}`);
}

/** @returns a free port of 127.0.0.1. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  await once(probe.close(), 'close');
  return port;
}
