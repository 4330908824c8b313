import { once } from 'node:events';

const SESSION_MS = 5_000;

/**
 * Collects the garbage of the isolate of a workerd: uncollected, it grows and shrinks by several MiB, which is more
 * than the leaks that these checks look for.
 *
 * @returns MiB of heap in use.
 */
export async function collectGarbage(inspectorPort: number, url: string): Promise<number> {
  const [target] = (await (await fetch(`http://127.0.0.1:${inspectorPort}/json`)).json()) as { id: string }[];
  for (;;) {
    const bytes = await collectInSession(`ws://127.0.0.1:${inspectorPort}/${target?.id}`, url);
    if (bytes !== undefined) return bytes / 2 ** 20;
  }
}

/** @returns undefined where the inspector does not respond, which happens now and then: a new session helps. */
async function collectInSession(inspector: string, url: string): Promise<number | undefined> {
  const socket = new WebSocket(inspector);
  let bytes: number | undefined;
  socket.addEventListener('message', ({ data }) => {
    const { id, result } = JSON.parse(String(data));
    if (id === 1) socket.send('{ "id": 2, "method": "Runtime.getHeapUsage" }');
    if (id === 2) bytes = result.usedSize;
  });
  await once(socket, 'open');
  socket.send('{ "id": 1, "method": "HeapProfiler.collectGarbage" }');
  // The isolate handles the messages along with its next requests.
  for (const end = performance.now() + SESSION_MS; bytes === undefined && performance.now() < end; )
    await (await fetch(`${url}/health`)).text();
  socket.close();
  return bytes;
}
