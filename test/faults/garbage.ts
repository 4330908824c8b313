import { once } from 'node:events';

/** Now and then workerd's inspector does not respond; a new session then does. */
const SESSION_TIMEOUT_MS = 5_000;
const SESSIONS = 6;

/**
 * Connects to the inspector of a workerd. Uncollected garbage grows and shrinks by several MiB, which is more than the
 * leaks that these checks look for.
 *
 * @returns a function that collects the garbage of the isolate and returns the MiB of heap in use.
 */
export async function garbageCollector(inspectorPort: number, url: string): Promise<() => Promise<number>> {
  const [target] = (await (await fetch(`http://127.0.0.1:${inspectorPort}/json`)).json()) as { id: string }[];
  return async () => {
    for (let session = 1; ; session++) {
      try {
        return await collect(`ws://127.0.0.1:${inspectorPort}/${target?.id}`, url);
      } catch (error) {
        if (session === SESSIONS) throw error;
      }
    }
  };
}

async function collect(inspector: string, url: string): Promise<number> {
  const socket = new WebSocket(inspector);
  const timeout = setTimeout(() => socket.close(), SESSION_TIMEOUT_MS);
  try {
    await once(socket, 'open');
    let isCollecting = true;
    const collecting = call(socket, 1, 'HeapProfiler.collectGarbage').finally(() => {
      isCollecting = false;
    });
    collecting.catch(() => {}); // Awaited below, after requests that may fail first.
    // The isolate handles the inspector's message along with one of its next requests.
    while (isCollecting) await (await fetch(`${url}/health`)).text();
    await collecting;
    const { usedSize } = await call(socket, 2, 'Runtime.getHeapUsage');
    return Number(usedSize) / 2 ** 20;
  } finally {
    clearTimeout(timeout);
    socket.close();
  }
}

function call(socket: WebSocket, id: number, method: string): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    socket.addEventListener('close', () => reject(new Error(`no response to ${method}`)), { once: true });
    socket.addEventListener('message', ({ data }) => {
      const message = JSON.parse(String(data));
      if (message.id === id) resolve(message.result ?? {});
    });
    socket.send(JSON.stringify({ id, method }));
  });
}
