import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { type BetterAuthServer, type IssuerOptions, startBetterAuth } from './better-auth.ts';

/** What a test, which runs in workerd, asks for over HTTP: a new server, or something of the one at `url`. */
export type Order = { options: IssuerOptions } | { url: string; ask: Question; email?: string };
export type Question = 'fetches' | 'verification token' | 'rotate' | 'rotate and forget' | 'stop' | 'resume';

/** Starts Better Auth servers for tests, as many as they order: a test of key rotation needs one to itself. */
export async function startIssuerControl(): Promise<{ url: string; stop: () => Promise<void> }> {
  const issuers = new Map<string, BetterAuthServer>();
  const server = createServer(async (request, response) => {
    const answer = await fulfil((await json(request)) as Order, issuers).catch((error: Error) => error);
    response.statusCode = answer instanceof Error ? 500 : 200;
    response.end(JSON.stringify(answer instanceof Error ? answer.message : (answer ?? null)));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = async () => {
    await Promise.allSettled([...issuers.values()].map((issuer) => issuer.stop()));
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop };
}

async function fulfil(order: Order, issuers: Map<string, BetterAuthServer>): Promise<unknown> {
  if ('options' in order) {
    const issuer = await startBetterAuth(order.options);
    issuers.set(issuer.url, issuer);
    return { url: issuer.url, secret: issuer.secret };
  }
  const issuer = issuers.get(order.url);
  if (!issuer) throw new Error(`No issuer at ${order.url}`);
  const answers: Record<Question, () => unknown> = {
    fetches: issuer.keySetFetches,
    'verification token': () => issuer.verificationToken(order.email ?? ''),
    rotate: () => issuer.rotateKeys(false),
    'rotate and forget': () => issuer.rotateKeys(true),
    stop: issuer.stop,
    resume: issuer.resume,
  };
  return answers[order.ask]();
}
