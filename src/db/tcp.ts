import { waitUntil } from 'cloudflare:workers';
import Client from 'pg/lib/client.js';
import { fromTcpError } from './errors.ts';
import { type Columns, textTypes as types } from './query.ts';
import { WorkerSocket } from './worker-socket.ts';

/** Sends a statement over a TCP connection of its own, which is closed after the response. */
export async function send(url: string, sql: string, params: unknown[], deadline: AbortSignal): Promise<Columns[]> {
  const client = new Client({ connectionString: url, stream: ({ ssl }) => new WorkerSocket(ssl) });
  client.on('error', () => {}); // A lost connection also rejects the statement that waits for it.
  try {
    deadline.throwIfAborted();
    const result = client.connect().then(() => client.query({ text: sql, values: params, rowMode: 'array', types }));
    return (await Promise.race([result, rejectOnAbort(deadline)])).rows;
  } catch (error) {
    if (deadline.aborted) client.connection.stream.destroy();
    throw fromTcpError(error);
  } finally {
    waitUntil(client.end()); // A client that is never ended stays in the isolate's memory.
  }
}

function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));
}
