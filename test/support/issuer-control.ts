import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { type BetterAuthServer, startBetterAuth } from './better-auth.ts';
import type { IssuerOptions } from './better-auth-versions.ts';

export type Method = Exclude<keyof BetterAuthServer, 'url' | 'secret'>;

/** What a test, which runs in workerd, sends over HTTP: options for a new server, or a call of the one at `url`. */
export type Command = { options: IssuerOptions } | { url: string; method: Method; args: unknown[] };

/** Starts a server that runs these commands. */
export async function startIssuerControl(): Promise<{ url: string; stop: () => Promise<void> }> {
  const issuers = new Map<string, BetterAuthServer>();
  const server = createServer(async (request, response) => {
    try {
      response.end(JSON.stringify((await execute((await json(request)) as Command, issuers)) ?? null));
    } catch (error) {
      response.writeHead(500).end(String(error));
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = async () => {
    await Promise.allSettled([...issuers.values()].map((issuer) => issuer.stop()));
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop };
}

async function execute(command: Command, issuers: Map<string, BetterAuthServer>): Promise<unknown> {
  if ('options' in command) {
    const issuer = await startBetterAuth(command.options);
    issuers.set(issuer.url, issuer);
    return { url: issuer.url, secret: issuer.secret };
  }
  const issuer = issuers.get(command.url);
  if (!issuer) throw new Error(`no issuer at ${command.url}`);
  return Reflect.apply(issuer[command.method], issuer, command.args);
}
