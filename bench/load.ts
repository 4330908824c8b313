import { once } from 'node:events';
import autocannon from 'autocannon';

export type LoadRequest = {
  path: string;
  method: 'GET' | 'POST' | 'PATCH';
  headers?: Record<string, string>;
  body?: string;
};

export type Load = { url: string; status: number; requests: LoadRequest[]; connections: number; amount: number };

/** Milliseconds after which autocannon may notice that it is done. */
const POLL_INTERVAL = 20;

/**
 * Sends `amount` requests over so many connections. The first latency of each connection is left out, because it
 * includes connecting; autocannon's own histogram has whole milliseconds only.
 *
 * @returns responses per second, and the 95th percentile of their latencies in milliseconds.
 * @throws {Error} if a response has another status.
 */
export async function sendLoad({ url, status, requests, connections, amount }: Load) {
  const latencies: number[] = [];
  const connected = new WeakSet<autocannon.Client>();
  let clients = 0;
  // Each connection has its own share of the requests, so that no two change the same task at once.
  const setupClient = (client: autocannon.Client) => {
    const index = clients++ % requests.length;
    client.setRequests(requests.filter((_, at) => at % connections === index));
  };
  const options = { url, connections, amount, requests: requests.slice(0, 1), setupClient, sampleInt: POLL_INTERVAL };
  const instance = autocannon(options, () => {});
  const done = once(instance, 'done');
  let end = 0;
  let succeeded = 0;
  instance.on('response', (client, code, _bytes, latency) => {
    end = performance.now();
    if (Number(code) === status) succeeded++;
    if (connected.has(client)) latencies.push(latency);
    connected.add(client);
  });
  await once(instance, 'start');
  const start = performance.now();
  await done;
  if (succeeded < amount) throw new Error(`${amount - succeeded} of ${amount} requests to ${url} failed`);
  latencies.sort((a, b) => a - b);
  const p95 = latencies[Math.ceil(0.95 * latencies.length) - 1] ?? Number.NaN;
  return { rate: amount / ((end - start) / 1000), p95 };
}
