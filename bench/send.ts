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

/**
 * Starts the process that sends requests. Where a server was sent some of an operation already, it gets those that
 * follow: what it remembers of requests it has to remember for as long as the operation goes round.
 */
export function startSender(database: Database): Send {
  const load = forkModule('load.ts');
  const sent = new Map<string, number>();
  return async function send({ url, pid }, { name, status, requests }, connections, amount) {
    const before = sent.get(`${url} ${name}`) ?? 0;
    sent.set(`${url} ${name}`, before + amount);
    const at = before % requests.length;
    const inTurn = [...requests.slice(at), ...requests.slice(0, at)];
    const [server, postgres] = [cpuTime(pid), database.cpu()];
    load.send({ url, connections, amount, status, requests: inTurn } satisfies LoadOrder);
    const answer = await nextMessage<LoadAnswer>(load);
    return { ...answer, cpu: (cpuTime(pid) - server) / amount, postgres: (database.cpu() - postgres) / amount };
  };
}
