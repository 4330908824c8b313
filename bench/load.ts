import { once } from 'node:events';
import autocannon from 'autocannon';

export type LoadRequest = {
  path: string;
  headers: Record<string, string>;
  method?: 'GET' | 'POST' | 'PATCH';
  body?: string;
};

export type LoadOrder = { url: string; connections: number; amount: number; status: number; requests: LoadRequest[] };

/** What clients saw: requests per second, milliseconds until the answer was there, and how many had no such answer. */
export type LoadAnswer = { rps: number; p50: number; p95: number; p99: number; errors: number };

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
async function run(order: LoadOrder): Promise<LoadAnswer> {
  const { amount, status } = order;
  const latencies: number[] = [];
  const met = new WeakSet<autocannon.Client>();
  const test = start(order);
  const done = once(test, 'done');
  let last = 0;
  let answered = 0;
  test.on('response', (client, code, _bytes, latency) => {
    last = performance.now();
    if (Number(code) === status) answered++;
    if (met.has(client)) latencies.push(latency);
    met.add(client);
  });
  await once(test, 'start');
  const begin = performance.now();
  await done;
  latencies.sort((a, b) => a - b);
  const percentile = (share: number) => latencies[Math.ceil(share * latencies.length) - 1] ?? Number.NaN;
  return {
    rps: answered / ((last - begin) / 1000),
    p50: percentile(0.5),
    p95: percentile(0.95),
    p99: percentile(0.99),
    errors: amount - answered,
  };
}

/** Each connection has requests of its own, so that no two change one task at the same moment. */
function start({ url, connections, amount, requests }: LoadOrder): autocannon.Instance {
  let clients = 0;
  const setupClient = (client: autocannon.Client) => {
    const at = clients++;
    const own = requests.filter((_, index) => index % connections === at);
    client.setRequests(own.length > 0 ? own : requests.slice(at % requests.length).slice(0, 1));
  };
  const [first] = requests;
  return autocannon(
    { url, connections, amount, requests: first ? [first] : [], setupClient, sampleInt: POLL },
    () => {},
  );
}
