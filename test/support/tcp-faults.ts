import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { CLOSED_ONCE, PRIVATE_CA, type TcpFault, tcpFaults } from './faults.ts';
import { privateCa } from './private-ca.ts';

/** Nothing listens on this port. */
const REFUSED_PORT = 1;

export type TcpFaults = {
  /** The port of the proxy with this fault. */
  ports: Record<TcpFault, number>;
  /** Serves, as JSON, how many connections each proxy has got. */
  countsUrl: string;
};

/** Starts a proxy in front of `target` for each fault. */
export async function startTcpFaults(target: URL): Promise<TcpFaults & { stop: () => void }> {
  const counts = perFault(() => 0);
  const proxies = perFault((fault) =>
    createServer((client) => {
      counts[fault]++;
      proxy(fault, client, target);
    }),
  );
  const counter = createHttpServer((_, response) => response.end(JSON.stringify(counts)));
  const servers: Server[] = [counter, ...Object.values(proxies)];
  await Promise.all(servers.map((server) => once(server.listen(0, '127.0.0.1'), 'listening')));
  const stop = () => {
    for (const server of servers) server.close();
  };
  const ports = { ...perFault((fault) => portOf(proxies[fault])), refused: REFUSED_PORT };
  return { ports, countsUrl: `http://127.0.0.1:${portOf(counter)}`, stop };
}

function perFault<T>(value: (fault: TcpFault) => T): Record<TcpFault, T> {
  return Object.fromEntries(tcpFaults.map((fault) => [fault, value(fault)])) as Record<TcpFault, T>;
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

let isClosed = false;

function proxy(fault: TcpFault, client: Socket, target: URL): void {
  client.on('error', () => {});
  if (fault === CLOSED_ONCE) isClosed = !isClosed;
  if (fault === 'closed' || (fault === CLOSED_ONCE && isClosed)) client.destroy();
  else if (fault === PRIVATE_CA)
    client.once('data', () => relay(fault, startTls(client), connect(Number(target.port), target.hostname)));
  else if (fault !== 'swallowed') relay(fault, client, connect(Number(target.port), target.hostname));
}

/** Agrees to the client's request for TLS, as PostgreSQL does. */
function startTls(client: Socket): Socket {
  client.write('S');
  return new TLSSocket(client, { isServer: true, ...privateCa }).on('error', () => {});
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
