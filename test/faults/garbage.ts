import { once } from 'node:events';
import { newConnection, send } from './client.ts';

/**
 * Collects the garbage of the isolate of a workerd: uncollected, it grows and shrinks by several MiB, which is more
 * than the leaks that these checks look for.
 *
 * @returns MiB that the isolate holds, buffers included. V8's own figure contains what it has yet to sweep.
 */
export async function collectGarbage(inspectorPort: number, url: string): Promise<number> {
  const targets = await fetch(`http://127.0.0.1:${inspectorPort}/json`, { headers: newConnection });
  const [target] = (await targets.json()) as { id: string }[];
  for (;;) {
    const snapshot = await takeSnapshot(`ws://127.0.0.1:${inspectorPort}/${target?.id}`, url);
    if (snapshot) return sizeOf(JSON.parse(snapshot)) / 2 ** 20;
  }
}

/** Takes a heap snapshot, before which V8 collects garbage. @returns undefined if the inspector does not respond. */
async function takeSnapshot(inspector: string, url: string): Promise<string | undefined> {
  const socket = new WebSocket(inspector);
  let snapshot = '';
  let isComplete = false;
  socket.addEventListener('message', ({ data }) => {
    const { id, method, params } = JSON.parse(String(data));
    if (method === 'HeapProfiler.addHeapSnapshotChunk') snapshot += params.chunk;
    if (id === 1) isComplete = true;
  });
  await once(socket, 'open');
  socket.send('{ "id": 1, "method": "HeapProfiler.takeHeapSnapshot" }');
  // The isolate handles the message along with its next requests.
  for (const end = performance.now() + 10_000; !isComplete && performance.now() < end; )
    await send(url, { method: 'GET', path: '/health' });
  socket.close();
  return isComplete ? snapshot : undefined;
}

type Snapshot = { snapshot: { meta: { node_fields: string[] } }; nodes: number[] };

function sizeOf({ snapshot, nodes }: Snapshot): number {
  const fields = snapshot.meta.node_fields;
  const isSize = (_: number, at: number) => at % fields.length === fields.indexOf('self_size');
  return nodes.filter(isSize).reduce((sum, size) => sum + size, 0);
}

/**
 * Collects garbage again and again while something runs.
 *
 * @returns the result, and MiB that the isolate held then, at most, beyond what it held before.
 * @throws {Error} if it ended before that could be measured.
 */
export async function whileHolding<T>(
  collectGarbage: () => Promise<number>,
  run: () => Promise<T>,
): Promise<{ result: T; held: number }> {
  const before = await collectGarbage();
  const samples: number[] = [];
  let isRunning = true;
  const running = run().finally(() => {
    isRunning = false;
  });
  running.catch(() => {}); // Until it is awaited.
  while (isRunning) samples.push(await collectGarbage());
  const result = await running;
  if (samples.length < 2) throw new Error('too fast to measure what the isolate holds');
  return { result, held: Math.max(...samples) - before };
}
