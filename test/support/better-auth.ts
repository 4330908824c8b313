import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { MemoryDB } from 'better-auth/adapters/memory';
import { createBetterAuth, type IssuerOptions } from './better-auth-versions.ts';

/** A real Better Auth server, with what it has no endpoint for. */
export type BetterAuthServer = Awaited<ReturnType<typeof startBetterAuth>>;

/** Starts a Better Auth server on a free port of 127.0.0.1. `page` responds to all paths outside of `/api/auth`. */
export async function startBetterAuth(options: IssuerOptions, page?: RequestListener) {
  const secret = `shared-${crypto.randomUUID()}`;
  const database: MemoryDB = { user: [], session: [], account: [], verification: [], jwks: [] };
  for (const table of ['oauthApplication', 'oauthAccessToken', 'oauthConsent']) database[table] = [];
  const verificationTokens = new Map<string, string>();
  let fetches = 0;
  const server = createServer((request, response) => {
    if (request.url?.endsWith(options.jwksPath ?? '/jwks')) fetches++;
    return (request.url?.startsWith('/api/auth/') || !page ? handler : page)(request, response);
  });
  const listen = async (port: number) => {
    await once(server.listen(port, '127.0.0.1'), 'listening');
    return (server.address() as AddressInfo).port;
  };
  const port = await listen(0);
  const url = `http://127.0.0.1:${port}`;
  const { handler, sign } = createBetterAuth(options, {
    origin: url,
    secret,
    database,
    sendVerificationEmail: async ({ user, token }) => void verificationTokens.set(user.email, token),
  });
  return {
    url,
    /** The secret that it shares with the API. */
    secret,
    /** How often its JWKS was fetched. */
    jwksFetches: () => fetches,
    /** The token of the last verification e-mail to this address. */
    verificationToken: (email: string) => verificationTokens.get(email),
    /** Signs claims as its plugins do for their own tokens. */
    sign: async (payload: Record<string, unknown>) => (await sign(payload)).token,
    /** Expires its keys, so that the next token gets a new one. Withdrawn keys also leave the JWKS. */
    rotateKeys(withdraw = false) {
      if (withdraw) database.jwks = [];
      for (const key of database.jwks ?? []) key.expiresAt = new Date(Date.now() - 1000);
    },
    async stop() {
      const closed = once(server.close(), 'close');
      server.closeAllConnections();
      await closed;
    },
    /** Listens again on the same port, with the same users and keys. */
    async resume() {
      await listen(port);
    },
  };
}
