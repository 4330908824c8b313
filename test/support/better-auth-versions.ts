import { betterAuth } from 'better-auth';
import { type MemoryDB, memoryAdapter } from 'better-auth/adapters/memory';
import { toNodeHandler } from 'better-auth/node';
import { type JwtOptions, jwt } from 'better-auth/plugins/jwt';
import { betterAuth as betterAuth16 } from 'better-auth-1.6';
import { memoryAdapter as memoryAdapter16 } from 'better-auth-1.6/adapters/memory';
import { toNodeHandler as toNodeHandler16 } from 'better-auth-1.6/node';
import { oidcProvider } from 'better-auth-1.6/plugins';
import { jwt as jwt16 } from 'better-auth-1.6/plugins/jwt';
import { thirdParty } from './third-party.ts';

/** What Better Auth's `jwt` plugin can sign with. */
export type Algorithm = NonNullable<NonNullable<JwtOptions['jwks']>['keyPairConfig']>['alg'];

/** How a server differs from Better Auth's defaults. Plain data: tests send it over HTTP. */
export type IssuerOptions = {
  /** The version of Better Auth; 1.7.25, the newest, by default. */
  version?: '1.6.4';
  /** Where `baseURL` is not the server's origin: the path after it, none at all, or hosts that requests may name. */
  baseURL?: `/${string}` | 'none' | 'allowedHosts';
  basePath?: string;
  jwksPath?: string;
  issuer?: string;
  audience?: string | string[];
  alg?: Algorithm;
  /** In seconds. */
  sessionLength?: number;
  /** The form of the `session_data` cookie; `jwt` is signed with the shared secret. */
  cookieCache?: 'compact' | 'jwt' | 'jwe';
  /** Signs that cookie with a published key instead. */
  sessionCookieCache?: true;
  /** The only fields of the user that `definePayload` puts into the JWT. */
  payload?: string[];
};

type Context = {
  origin: string;
  secret: string;
  database: MemoryDB;
  sendVerificationEmail: (data: { user: { email: string }; token: string }) => Promise<void>;
};

/** A server of the version that the options name. 1.6.4 is also an OpenID provider, which 1.7 leaves to a package. */
export function createBetterAuth(options: IssuerOptions, context: Context) {
  const { database } = context;
  const configuration = configure(options, context);
  const plugin = { ...jwtOptions(options), sessionCookieCache: options.sessionCookieCache };
  if (options.version === '1.6.4') {
    const provider = oidcProvider({ loginPage: '/sign-in', useJWTPlugin: true, trustedClients: [thirdParty] });
    const plugins = [jwt16(plugin), provider];
    const auth = betterAuth16({ ...configuration, database: memoryAdapter16(database), plugins });
    return {
      handler: toNodeHandler16(auth),
      sign: (payload: Record<string, unknown>) => auth.api.signJWT({ body: { payload } }),
    };
  }
  const auth = betterAuth({ ...configuration, database: memoryAdapter(database), plugins: [jwt(plugin)] });
  return {
    handler: toNodeHandler(auth),
    sign: (payload: Record<string, unknown>) => auth.api.signJWT({ body: { payload } }),
  };
}

function configure(options: IssuerOptions, { origin, secret, sendVerificationEmail }: Context) {
  const { basePath, cookieCache, sessionLength } = options;
  return {
    ...baseURL(options.baseURL ?? '/', origin),
    ...(basePath && { basePath }),
    secret,
    emailAndPassword: { enabled: true, password: quickPassword },
    emailVerification: { sendOnSignUp: true, sendVerificationEmail },
    session: {
      ...(cookieCache && { cookieCache: { enabled: true, strategy: cookieCache } }),
      ...(sessionLength && { expiresIn: sessionLength }),
    },
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    logger: { level: 'error' as const },
  };
}

/** Better Auth's scrypt would take most of the tests' time. */
const quickPassword = {
  hash: async (password: string) => password,
  verify: async ({ hash, password }: { hash: string; password: string }) => hash === password,
};

function baseURL(setting: NonNullable<IssuerOptions['baseURL']>, origin: string) {
  if (setting === 'none') return {};
  if (setting === 'allowedHosts')
    return { baseURL: { allowedHosts: [new URL(origin).host], protocol: 'http' as const } };
  return { baseURL: origin + setting };
}

function jwtOptions({ alg, jwksPath, issuer, audience, payload }: IssuerOptions) {
  const definePayload = ({ user }: { user: Record<string, unknown> }) =>
    Object.fromEntries((payload ?? []).map((name) => [name, user[name]]));
  return {
    jwks: { jwksPath, ...(alg && { keyPairConfig: { alg } }) },
    jwt: { issuer, audience, ...(payload && { definePayload }) },
  };
}
