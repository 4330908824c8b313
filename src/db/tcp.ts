import { waitUntil } from 'cloudflare:workers';
import Client from 'pg/lib/client.js';
import { fromTcpError } from './errors.ts';
import { type Columns, textTypes as types } from './query.ts';
import { WorkerSocket } from './worker-socket.ts';

/** Milliseconds that PostgreSQL has to hang up after it was asked to. */
const CLOSE_TIMEOUT_MS = 1_000;

/** Sends a statement over a TCP connection of its own, which is closed after the response. */
export async function send(url: string, sql: string, params: unknown[], deadline: AbortSignal): Promise<Columns[]> {
  const client = new Client({ connectionString: url, stream: ({ ssl }) => new WorkerSocket(ssl) });
  client.on('error', () => {}); // A lost connection also rejects the statement that waits for it.
  try {
    deadline.throwIfAborted();
    const result = client.connect().then(() => client.query({ text: sql, values: params, rowMode: 'array', types }));
    return (await Promise.race([result, rejectOnAbort(deadline)])).rows;
  } catch (error) {
    throw fromTcpError(error);
  } finally {
    waitUntil(closeGracefully(client));
  }
}

function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));
}

/** A client that is never ended stays in the isolate's memory, although its socket goes with the request. */
async function closeGracefully(client: Client): Promise<void> {
  const forceCloseTimer = setTimeout(() => client.connection.stream.destroy(), CLOSE_TIMEOUT_MS);
  await client.end().catch(() => {});
  clearTimeout(forceCloseTimer);
}
