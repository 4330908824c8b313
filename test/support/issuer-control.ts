import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { type BetterAuthServer, type IssuerOptions, startBetterAuth } from './better-auth.ts';

/** What a test, which runs in workerd, requests over HTTP: a new server, or something of the one at `url`. */
export type Command = { name: 'start'; options: IssuerOptions } | { name: Control; url: string; email?: string };

export type Control = 'keySetFetches' | 'verificationToken' | 'rotateKeys' | 'withdrawKeys' | 'stop' | 'resume';

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
  if (command.name === 'start') {
    const issuer = await startBetterAuth(command.options);
    issuers.set(issuer.url, issuer);
    return { url: issuer.url, secret: issuer.secret };
  }
  const issuer = issuers.get(command.url);
  if (!issuer) throw new Error(`no issuer at ${command.url}`);
  if (command.name === 'verificationToken') return issuer.verificationToken(command.email ?? '');
  if (command.name === 'withdrawKeys') return issuer.rotateKeys(true);
  return issuer[command.name]();
}
