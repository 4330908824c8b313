import { once } from 'node:events';

/** Milliseconds after which a session with the inspector is given up: now and then it hears nothing, while requests are answered. */
const PATIENCE = 3_000;
const SESSIONS = 4;

/**
 * Speaks to the inspector of a workerd. Memory that is only waiting to be collected grows and shrinks by several
 * MiB, more than any leak that is looked for here; so it is collected before each look.
 *
 * @returns what collects the garbage of its one isolate, and says how many MiB of heap are in use then.
 */
export async function collector(port: number, url: string): Promise<() => Promise<number>> {
  const [target] = (await (await fetch(`http://127.0.0.1:${port}/json`)).json()) as { id: string }[];
  return async () => {
    for (let session = 1; ; session++) {
      try {
        return await collect(`ws://127.0.0.1:${port}/${target?.id}`, url);
      } catch (error) {
        if (session === SESSIONS) throw error;
        console.log(`     (session ${session} with the inspector: ${(error as Error).message})`);
      }
    }
  };
}

async function collect(inspector: string, url: string): Promise<number> {
  const socket = new WebSocket(inspector);
  const timeout = setTimeout(() => socket.close(), PATIENCE);
  try {
    await once(socket, 'open');
    let settled = false;
    const collecting = ask(socket, 1, 'HeapProfiler.collectGarbage').finally(() => {
      settled = true;
    });
    collecting.catch(() => {}); // Awaited below, after requests that may fail first.
    // The isolate does it beside one of its next requests.
    while (!settled) await fetch(`${url}/health`).then((answer) => answer.text());
    await collecting;
    const { usedSize } = await ask(socket, 2, 'Runtime.getHeapUsage');
    return Number(usedSize) / 2 ** 20;
  } finally {
    clearTimeout(timeout);
    socket.close();
  }
}

function ask(socket: WebSocket, id: number, method: string): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    socket.addEventListener('close', () => reject(new Error(`no answer to ${method}`)), { once: true });
    socket.addEventListener('message', ({ data }) => {
      const answer = JSON.parse(String(data));
      if (answer.id === id) resolve(answer.result ?? {});
    });
    socket.send(JSON.stringify({ id, method }));
  });
}
