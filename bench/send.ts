import { forkModule, nextMessage } from './children.ts';
import type { Database } from './database.ts';
import type { LoadAnswer, LoadOrder } from './load.ts';
import type { Operation } from './operations.ts';
import { cpuTime } from './processes.ts';
import type { Server } from './workerd.ts';

/** What clients saw, and milliseconds of CPU per request: the server's, and PostgreSQL's on its behalf. */
export type Sent = LoadAnswer & { cpu: number; postgres: number };

/** Sends `amount` requests of an operation to a server, over so many connections. */
export type Send = (server: Server, operation: Operation, connections: number, amount: number) => Promise<Sent>;

/** Starts the process that sends requests. */
export function startSender(database: Database): Send {
  const load = forkModule('load.ts');
  return async function send({ url, pid }, { status, requests }, connections, amount) {
    const [server, postgres] = [cpuTime(pid), database.cpu()];
    load.send({ url, connections, amount, status, requests } satisfies LoadOrder);
    const answer = await nextMessage<LoadAnswer>(load);
    return { ...answer, cpu: (cpuTime(pid) - server) / amount, postgres: (database.cpu() - postgres) / amount };
  };
}
