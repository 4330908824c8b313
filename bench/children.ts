import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const children = new Set<ChildProcess>();

// Whatever ends this process, an interrupt included, ends what it started.
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

/** Has a child ended together with this process. */
export function adopt<Child extends ChildProcess>(child: Child): Child {
  children.add(child);
  child.once('exit', () => children.delete(child));
  return child;
}

/** Runs a module of this folder in a process of its own, so that its CPU is nobody else's. */
export function forkModule(file: string, ...args: string[]): ChildProcess {
  return adopt(fork(join(import.meta.dirname, file), args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] }));
}

/**
 * The next message of a child.
 *
 * @throws {Error} where it ends before it sent one.
 */
export async function nextMessage<Message>(child: ChildProcess): Promise<Message> {
  const stop = new AbortController();
  const ended = once(child, 'exit', { signal: stop.signal }).then(() => {
    throw new Error(`${child.spawnargs.at(-1)} ended with ${child.exitCode ?? child.signalCode}`);
  });
  try {
    const [message] = await Promise.race([once(child, 'message', { signal: stop.signal }), ended]);
    return message as Message;
  } finally {
    stop.abort();
    ended.catch(() => {});
  }
}
