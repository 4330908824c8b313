import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { passing, type TcpFault, tcpFaults } from './faults.ts';

/** Starts a proxy in front of `target` for each fault. @returns the port of each. */
export async function startTcpFaults(target: URL): Promise<{ ports: Record<TcpFault, number>; stop: () => void }> {
  const servers = tcpFaults.map((fault) =>
    createServer((client) => spoil(fault, client, target)).listen(0, '127.0.0.1'),
  );
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  servers[0]?.close();
  const stop = () => {
    for (const server of servers) server.close();
  };
  return {
    ports: Object.fromEntries(tcpFaults.map((fault, i) => [fault, ports[i]])) as Record<TcpFault, number>,
    stop,
  };
}

let closedOne = false;

function spoil(fault: TcpFault, client: Socket, target: URL): void {
  client.on('error', () => {});
  if (fault === passing) closedOne = !closedOne;
  if (fault === 'closed' || (fault === passing && closedOne)) client.destroy();
  else if (fault !== 'swallowed') relay(fault, client, connect(Number(target.port), target.hostname));
}

function relay(fault: TcpFault, client: Socket, server: Socket): void {
  let asked = false;
  server.on('error', () => client.destroy());
  client.on('close', () => server.destroy());
  server.on('close', () => client.end());
  client.on('data', (chunk) => {
    asked ||= isQuery(chunk);
    if (asked && fault === 'reset') client.resetAndDestroy();
    else if (asked && fault === 'half-open') client.pause();
    else if (fault === 'delayed') setTimeout(() => server.write(chunk), 100);
    else server.write(chunk);
  });
  server.on('data', (chunk) => {
    if (asked && fault === 'truncated') client.end(chunk.subarray(0, 5));
    else if (fault === 'delayed') setTimeout(() => client.write(chunk), 100);
    else if (fault === 'sliced') for (const byte of chunk) client.write(Uint8Array.of(byte));
    else client.write(chunk);
  });
}

/** Whether a message is the first of a statement with parameters (Parse) or without (Query). */
function isQuery(message: Buffer): boolean {
  return message[0] === 0x50 || message[0] === 0x51;
}
