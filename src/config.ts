import * as z from 'zod/mini';
import { databaseUrlProblem, isNeonHost, isSafeForKeys, parseUrl, splitList, toOrigin } from './config-rules.ts';

/** The checked configuration. Plain data: it outlives the request that read it. */
export type Config = {
  /** PostgreSQL connection string. */
  databaseUrl: string;
  /** Whether Neon's HTTP driver reaches it. Hyperdrive is always reached over TCP. */
  databaseIsNeon: boolean;
  /** The secret shared with Better Auth (S1 FR-002). */
  secret: string | undefined;
  /** Where the token issuer publishes its keys. */
  jwksUrl: string | undefined;
  /** The origin of `BETTER_AUTH_URL`: the default issuer and audience of tokens with a published key. */
  issuerOrigin: string | undefined;
  /** The status of a validation error: 422 (S0, S1) or 400 (S2, S3). */
  validationStatus: 422 | 400;
  issuer: string | undefined;
  audience: string | undefined;
};

/** The variables and bindings that `readConfig` checks; any of them may be missing. */
export type Environment = {
  [name in keyof z.input<typeof variablesSchema>]?: string | undefined;
} & {
  HYPERDRIVE?: { connectionString: string } | undefined;
};

/** Missing or refused variables. The message names each, never a value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** Secrets that anyone can look up: Better Auth's default, S1's example and this project's. */
const publishedSecrets = new Set([
  'better-auth-secret-12345678901234567890',
  'better-auth-secret-123456789012345678901234567890',
  'your-super-secret-key-32-chars-min',
  'replace-me-with-the-secret-of-your-better-auth-server',
]);

/** White space around a value is not part of it. An empty one counts as unset: `wrangler.toml` cannot unset it. */
const optional = <T extends z.core.SomeType>(schema: T) =>
  z.pipe(
    z.transform((value) => (typeof value === 'string' ? value.trim() || undefined : value)),
    z.optional(schema),
  );

const text = (...rules: [holds: (value: string) => boolean, message: string][]) =>
  optional(z.string().check(...rules.map(([holds, message]) => z.refine<string>(holds, message))));

const variablesSchema = z.lazy(() =>
  z.object({
    DATABASE_URL: text(),
    BETTER_AUTH_SECRET: text(
      [(value) => value.length >= 32, 'must have at least 32 characters'],
      [(value) => !publishedSecrets.has(value), 'is a published example'],
    ),
    BETTER_AUTH_URL: text([(value) => parseUrl(value, 'https', 'http') !== undefined, 'is not an HTTP URL']),
    JWKS_URL: text([isSafeForKeys, 'must be an https URL']),
    CORS_ORIGINS: text(),
    ENVIRONMENT: optional(z.enum(['development', 'production'], 'must be development or production')),
    VALIDATION_ERROR_STATUS: optional(z.enum(['400', '422'], 'must be 400 or 422')),
    JWT_ISSUER: text(),
    JWT_AUDIENCE: text(),
  }),
);

/** @returns `ENVIRONMENT`, also where the configuration is refused. */
export function environmentOf(env: Environment): string | undefined {
  return env.ENVIRONMENT?.trim();
}

type Variables = z.output<typeof variablesSchema>;

const configs = new WeakMap<Environment, Config>();

/**
 * Reads the configuration, checked once per isolate.
 *
 * @throws {ConfigError}
 */
export function readConfig(env: Environment): Config {
  const cached = configs.get(env);
  if (cached) return cached;
  const config = parseConfig(env);
  configs.set(env, config);
  return config;
}

function parseConfig(env: Environment): Config {
  const parsed = variablesSchema.safeParse(env);
  if (!parsed.success)
    throw new ConfigError(parsed.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`).join('; '));
  const problems = problemsOf(parsed.data, env.HYPERDRIVE !== undefined);
  if (problems.length > 0) throw new ConfigError(problems.join('; '));
  const { DATABASE_URL = '', BETTER_AUTH_URL, JWKS_URL, ...rest } = parsed.data;
  const databaseIsNeon = !env.HYPERDRIVE && isNeonHost(new URL(DATABASE_URL).hostname);
  return {
    databaseUrl: env.HYPERDRIVE?.connectionString ?? (databaseIsNeon ? normalizeHost(DATABASE_URL) : DATABASE_URL),
    databaseIsNeon,
    secret: rest.BETTER_AUTH_SECRET,
    jwksUrl: JWKS_URL ?? (BETTER_AUTH_URL && defaultJwksUrl(BETTER_AUTH_URL)),
    issuerOrigin: BETTER_AUTH_URL && new URL(BETTER_AUTH_URL).origin,
    validationStatus: rest.VALIDATION_ERROR_STATUS === '400' ? 400 : 422,
    issuer: rest.JWT_ISSUER,
    audience: rest.JWT_AUDIENCE,
  };
}

/** Problems that involve several variables, and variables that are missing. */
function problemsOf(variables: Variables, hasHyperdrive: boolean): string[] {
  const { DATABASE_URL, BETTER_AUTH_SECRET, BETTER_AUTH_URL, JWKS_URL, CORS_ORIGINS = '', ENVIRONMENT } = variables;
  const problems = splitList(CORS_ORIGINS).flatMap((entry, index) =>
    toOrigin(entry) ? [] : [`CORS_ORIGINS entry ${index + 1} is not an origin`],
  );
  const missing = 'is missing, and HYPERDRIVE is not bound';
  const problem = DATABASE_URL ? databaseUrlProblem(DATABASE_URL, ENVIRONMENT === 'production') : missing;
  if (problem && !hasHyperdrive) problems.push(`DATABASE_URL ${problem}`);
  if (!BETTER_AUTH_SECRET && !BETTER_AUTH_URL && !JWKS_URL)
    problems.push('BETTER_AUTH_SECRET is missing, and so are BETTER_AUTH_URL and JWKS_URL');
  if (!JWKS_URL && BETTER_AUTH_URL && !isSafeForKeys(BETTER_AUTH_URL))
    problems.push('BETTER_AUTH_URL must be an https URL');
  return problems;
}

/** Neon's driver derives its endpoint from the host as it is written: upper case or a final dot would break it. */
function normalizeHost(databaseUrl: string): string {
  const url = new URL(databaseUrl);
  url.hostname = url.hostname.toLowerCase().replace(/\.$/, '');
  return url.href;
}

/** As Better Auth reads its own variable: a path replaces `/api/auth`. */
function defaultJwksUrl(betterAuthUrl: string): string {
  const { origin, pathname } = new URL(betterAuthUrl);
  const path = pathname.replace(/\/+$/, '');
  return `${origin}${path || '/api/auth'}/jwks`;
}
