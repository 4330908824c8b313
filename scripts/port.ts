import { once } from 'node:events';
import { createServer } from 'node:net';

/** `localhost` may mean either; a browser or `curl` tries both. */
const LOOPBACK = ['127.0.0.1', '::1'];

/**
 * The port that `text` names.
 *
 * @throws {Error} saying in one line what to do, where it names none, or one that cannot be had.
 */
export async function freePortOf(text: string): Promise<number> {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new Error(`PORT must be a whole number from 1 to 65535, and is "${text}"`);
  for (const address of LOOPBACK) await refuseTaken(port, address);
  return port;
}

async function refuseTaken(port: number, address: string): Promise<void> {
  const probe = createServer().listen(port, address);
  try {
    await once(probe, 'listening');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE')
      throw new Error(`Port ${port} is taken: stop what listens there, or choose another with PORT=8001 npm run dev`);
    if (code === 'EACCES')
      throw new Error(`Port ${port} is not for this user: choose one from 1024, with PORT=8001 npm run dev`);
    return; // No such address: a machine without IPv6.
  }
  await once(probe.close(), 'close');
}
