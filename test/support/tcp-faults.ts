import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { CLOSED_ONCE, type TcpFault, tcpFaults } from './faults.ts';

/** Nothing listens on this port. */
const REFUSED_PORT = 1;

/** Starts a proxy in front of `target` for each fault. @returns the port of each. */
export async function startTcpFaults(target: URL): Promise<{ ports: Record<TcpFault, number>; stop: () => void }> {
  const proxies = tcpFaults.map((fault) => ({ fault, server: createServer((client) => proxy(fault, client, target)) }));
  await Promise.all(proxies.map(({ server }) => once(server.listen(0, '127.0.0.1'), 'listening')));
  const ports = proxies.map(({ fault, server }) => [fault, (server.address() as AddressInfo).port]);
  const stop = () => {
    for (const { server } of proxies) server.close();
  };
  return { ports: { ...(Object.fromEntries(ports) as Record<TcpFault, number>), refused: REFUSED_PORT }, stop };
}

let isClosed = false;

function proxy(fault: TcpFault, client: Socket, target: URL): void {
  client.on('error', () => {});
  if (fault === CLOSED_ONCE) isClosed = !isClosed;
  if (fault === 'closed' || (fault === CLOSED_ONCE && isClosed)) client.destroy();
  else if (fault !== 'swallowed') relay(fault, client, connect(Number(target.port), target.hostname));
}

function relay(fault: TcpFault, client: Socket, server: Socket): void {
  let isQuerySent = false;
  server.on('error', () => client.destroy());
  client.on('close', () => server.destroy());
  server.on('close', () => client.end());
  client.on('data', (chunk) => {
    isQuerySent ||= isQuery(chunk);
    if (isQuerySent && fault === 'reset') client.resetAndDestroy();
    else if (isQuerySent && fault === 'half-open') client.pause();
    else if (fault === 'delayed') setTimeout(() => server.write(chunk), 100);
    else server.write(chunk);
  });
  server.on('data', (chunk) => {
    if (isQuerySent && fault === 'truncated') client.end(chunk.subarray(0, 5));
    else if (fault === 'delayed') setTimeout(() => client.write(chunk), 100);
    else if (fault === 'sliced') for (const byte of chunk) client.write(Uint8Array.of(byte));
    else client.write(chunk);
  });
}

/** Whether a message is the first of a statement with parameters (Parse) or without (Query). */
function isQuery(message: Buffer): boolean {
  return message[0] === 0x50 || message[0] === 0x51;
}
