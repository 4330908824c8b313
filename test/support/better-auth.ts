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
  /** How long a JWT lives, such as `2s`; Better Auth's default is 15 minutes. */
  expirationTime?: string;
  /** Makes `session_data` cookies of this kind; `jwt` is one signed with the shared secret. */
  cookieCache?: { strategy: 'compact' | 'jwt' | 'jwe'; maxAge?: number };
  /** Leaves everything of the user but these out of the JWT, as `definePayload` may. */
  payload?: string[];
};

/** A real Better Auth server, and what it has no endpoint of its own for. */
export type BetterAuthServer = {
  url: string;
  /** The secret that it shares with the API. */
  secret: string;
  /** How often its key set was fetched. */
  keySetFetches: () => number;
  /** The token of the last verification e-mail to this address. */
  verificationToken: (email: string) => string | undefined;
  /** Expires its keys, so that the next token gets a new one; `forget` also takes the old ones off its key set. */
  rotateKeys: (forget: boolean) => void;
  /** Stops answering, and goes on at the same address with what it knew. */
  stop: () => Promise<void>;
  resume: () => Promise<void>;
};

/** Starts a Better Auth server on a free port of 127.0.0.1. `page` answers whatever is not Better Auth's. */
export async function startBetterAuth(options: IssuerOptions, page?: RequestListener): Promise<BetterAuthServer> {
  const secret = `shared-${crypto.randomUUID()}`;
  const database: MemoryDB = { user: [], session: [], account: [], verification: [], jwks: [] };
  const mails = new Map<string, string>();
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
  const handler = toNodeHandler(betterAuth(configuration(options, { url, secret, database, mails })));
  return {
    url,
    secret,
    keySetFetches: () => fetches,
    verificationToken: (email) => mails.get(email),
    rotateKeys: (forget) => {
      if (forget) database.jwks = [];
      for (const key of database.jwks ?? []) key.expiresAt = new Date(Date.now() - 1000);
    },
    stop: async () => {
      const closed = once(server.close(), 'close');
      server.closeAllConnections();
      await closed;
    },
    resume: async () => void (await listen(port)),
  };
}

type Place = { url: string; secret: string; database: MemoryDB; mails: Map<string, string> };

function configuration(options: IssuerOptions, { url, secret, database, mails }: Place) {
  const { alg, expirationTime, cookieCache, payload } = options;
  return {
    baseURL: url,
    secret,
    database: memoryAdapter(database),
    emailAndPassword: { enabled: true },
    emailVerification: {
      sendOnSignUp: true,
      sendVerificationEmail: async ({ user, token }: { user: { email: string }; token: string }) =>
        void mails.set(user.email, token),
    },
    session: cookieCache ? { cookieCache: { enabled: true, ...cookieCache } } : {},
    plugins: [
      jwt({
        ...(alg && { jwks: { keyPairConfig: { alg } } }),
        jwt: {
          ...(expirationTime && { expirationTime }),
          ...(payload && {
            definePayload: ({ user }) => Object.fromEntries(payload.map((name) => [name, user[name]])),
          }),
        },
      }),
    ],
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    logger: { level: 'error' as const },
  };
}
