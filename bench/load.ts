import { once } from 'node:events';
import autocannon from 'autocannon';

/** One request of a round: they are sent in turn, on every connection. */
export type LoadRequest = { path: string; headers: Record<string, string> };

export type LoadOrder = { url: string; connections: number; amount: number; status: number; requests: LoadRequest[] };

/** What clients saw: requests per second, and milliseconds until the answer was there. */
export type LoadAnswer = { rps: number; p50: number; p95: number; p99: number };

/** Milliseconds after which autocannon may notice that it is done; they are in no figure. */
const POLL = 20;

process.on('message', async (order: LoadOrder) => {
  try {
    process.send?.(await run(order));
  } catch (error) {
    console.error(error);
    process.exit(1);
  }
});
process.once('disconnect', () => process.exit());

/**
 * Latencies are kept one by one, because autocannon's histogram knows whole milliseconds only. The first answer
 * of a connection is left out: it has waited for the connection, and for autocannon to set up the others.
 */
async function run({ url, connections, amount, status, requests }: LoadOrder): Promise<LoadAnswer> {
  const latencies: number[] = [];
  const met = new WeakSet<autocannon.Client>();
  const test = autocannon({ url, connections, amount, requests, bailout: 1, sampleInt: POLL }, () => {});
  const done = once(test, 'done');
  let last = 0;
  test.on('response', (client, code, _bytes, latency) => {
    if (Number(code) !== status) throw new Error(`${url}${requests[0]?.path} answered ${code} and not ${status}`);
    last = performance.now();
    if (met.has(client)) latencies.push(latency);
    met.add(client);
  });
  await once(test, 'start');
  const start = performance.now();
  const [{ errors, requests: sent }] = (await done) as [autocannon.Result];
  if (errors > 0 || sent.total !== amount) throw new Error(`${errors} errors, ${sent.total} of ${amount} answers`);
  latencies.sort((a, b) => a - b);
  const percentile = (share: number) => latencies[Math.ceil(share * latencies.length) - 1] ?? Number.NaN;
  return {
    rps: amount / ((last - start) / 1000),
    p50: percentile(0.5),
    p95: percentile(0.95),
    p99: percentile(0.99),
  };
}
