import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { betterAuth } from 'better-auth';
import { type MemoryDB, memoryAdapter } from 'better-auth/adapters/memory';
import { toNodeHandler } from 'better-auth/node';
import { type JwtOptions, jwt } from 'better-auth/plugins/jwt';

/** What Better Auth's `jwt` plugin can sign with. */
export type Algorithm = NonNullable<NonNullable<JwtOptions['jwks']>['keyPairConfig']>['alg'];

/** How a server differs from Better Auth's defaults. Plain data: tests send it over HTTP. */
export type IssuerOptions = {
  alg?: Algorithm;
  /** How long a JWT is valid, such as `2d`; Better Auth's default is 15 minutes. */
  expirationTime?: string;
  /** The form of the `session_data` cookie; `jwt` is signed with the shared secret. */
  cookieCache?: 'compact' | 'jwt' | 'jwe';
  /** The only fields of the user that `definePayload` puts into the JWT. */
  payload?: string[];
};

/** A real Better Auth server, with what it has no endpoint for. */
export type BetterAuthServer = Awaited<ReturnType<typeof startBetterAuth>>;

/** Starts a Better Auth server on a free port of 127.0.0.1. `page` responds to all other paths. */
export async function startBetterAuth(options: IssuerOptions, page?: RequestListener) {
  const secret = `shared-${crypto.randomUUID()}`;
  const database: MemoryDB = { user: [], session: [], account: [], verification: [], jwks: [] };
  const verificationTokens = new Map<string, string>();
  let fetches = 0;
  const server = createServer((request, response) => {
    if (request.url?.startsWith('/api/auth/jwks')) fetches++;
    return (request.url?.startsWith('/api/auth/') || !page ? handler : page)(request, response);
  });
  const listen = async (port: number) => {
    await once(server.listen(port, '127.0.0.1'), 'listening');
    return (server.address() as AddressInfo).port;
  };
  const port = await listen(0);
  const url = `http://127.0.0.1:${port}`;
  const handler = toNodeHandler(
    betterAuth({
      ...configuration(options),
      baseURL: url,
      secret,
      database: memoryAdapter(database),
      emailVerification: {
        sendOnSignUp: true,
        sendVerificationEmail: async ({ user, token }) => void verificationTokens.set(user.email, token),
      },
    }),
  );
  return {
    url,
    /** The secret that it shares with the API. */
    secret,
    /** How often its JWKS was fetched. */
    keySetFetches: () => fetches,
    /** The token of the last verification e-mail to this address. */
    verificationToken: (email: string) => verificationTokens.get(email),
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

function configuration({ alg, expirationTime, cookieCache, payload }: IssuerOptions) {
  const definePayload = ({ user }: { user: Record<string, unknown> }) =>
    Object.fromEntries((payload ?? []).map((name) => [name, user[name]]));
  return {
    emailAndPassword: { enabled: true },
    session: cookieCache ? { cookieCache: { enabled: true, strategy: cookieCache } } : {},
    plugins: [
      jwt({
        ...(alg && { jwks: { keyPairConfig: { alg } } }),
        jwt: { ...(expirationTime && { expirationTime }), ...(payload && { definePayload }) },
      }),
    ],
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    logger: { level: 'error' as const },
  };
}
