import * as z from 'zod/mini';

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
  /** The status of a validation error: 422 (S0, S1) or 400 (S2, S3). */
  validationStatus: 422 | 400;
  issuer: string | undefined;
  audience: string | undefined;
};

/** The variables and bindings that `readConfig` checks; any of them may be missing. */
export type Environment = {
  [name in keyof z.input<typeof variables>]?: string | undefined;
} & {
  HYPERDRIVE?: { connectionString: string } | undefined;
};

/** A missing or refused variable. The message names each, never a value. */
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

const isUrl = (value: string, protocols: string[]) => protocols.includes(URL.parse(value)?.protocol ?? '');

const originOf = (value: string) => (isUrl(value, ['http:', 'https:']) ? new URL(value).origin : undefined);

const entriesOf = (list: string) =>
  list
    .split(',')
    .map((entry) => entry.trim())
    .filter(Boolean);

/** An empty variable counts as unset: `wrangler.toml` and shells cannot unset one. */
const optional = <T extends z.core.SomeType>(schema: T) =>
  z.pipe(
    z.transform((value) => (value === '' ? undefined : value)),
    z.optional(schema),
  );

const rule = (holds: (value: string) => boolean, message: string) => z.refine<string>(holds, message);

const variables = z.lazy(() =>
  z.object({
    DATABASE_URL: optional(
      z.string().check(rule((value) => isUrl(value, ['postgres:', 'postgresql:']), 'is not a PostgreSQL URL')),
    ),
    BETTER_AUTH_SECRET: optional(
      z.string().check(
        rule((value) => value.length >= 32, 'must have at least 32 characters'),
        rule((value) => !publishedSecrets.has(value), 'is a published example'),
        rule((value) => new Set(value).size >= 8, 'repeats too few characters'),
      ),
    ),
    BETTER_AUTH_URL: optional(z.string().check(rule((value) => originOf(value) !== undefined, 'is not an HTTP URL'))),
    CORS_ORIGINS: optional(
      z
        .string()
        .check(
          rule(
            (list) => entriesOf(list).every((entry) => originOf(entry) !== undefined),
            'has an entry that is no origin',
          ),
        ),
    ),
    ENVIRONMENT: optional(z.enum(['development', 'production'], 'must be development or production')),
    VALIDATION_ERROR_STATUS: optional(z.enum(['400', '422'], 'must be 400 or 422')),
    JWT_ISSUER: optional(z.string()),
    JWT_AUDIENCE: optional(z.string()),
  }),
);

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
  const parsed = variables.safeParse(env);
  const problems = parsed.success ? [] : parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`);
  if (!env.DATABASE_URL && !env.HYPERDRIVE) problems.push('DATABASE_URL is missing, and HYPERDRIVE is not bound');
  if (!env.BETTER_AUTH_SECRET && !env.BETTER_AUTH_URL)
    problems.push('BETTER_AUTH_SECRET is missing, and so is BETTER_AUTH_URL');
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems.join('; '));
  const { DATABASE_URL, BETTER_AUTH_SECRET, BETTER_AUTH_URL, JWT_ISSUER, JWT_AUDIENCE, ...rest } = parsed.data;
  const databaseUrl = env.HYPERDRIVE?.connectionString ?? DATABASE_URL ?? '';
  return {
    databaseUrl,
    databaseIsNeon: !env.HYPERDRIVE && new URL(databaseUrl).hostname.endsWith('.neon.tech'),
    secret: BETTER_AUTH_SECRET,
    jwksUrl: BETTER_AUTH_URL && `${BETTER_AUTH_URL.replace(/(\/api\/auth)?\/*$/, '')}/api/auth/jwks`,
    validationStatus: rest.VALIDATION_ERROR_STATUS === '400' ? 400 : 422,
    issuer: JWT_ISSUER,
    audience: JWT_AUDIENCE,
  };
}

const origins = new WeakMap<Environment, Set<string>>();

/**
 * The origins allowed by CORS: `CORS_ORIGINS`, by default that of `BETTER_AUTH_URL` (S1 FR-015). Read apart from the
 * rest, and tolerant of bad entries, so that a `misconfigured` response reaches a frontend's code as well.
 */
export function allowedOrigins(env: Environment): Set<string> {
  let allowed = origins.get(env);
  if (!allowed) {
    const entries = entriesOf(env.CORS_ORIGINS || env.BETTER_AUTH_URL || '');
    allowed = new Set(entries.map(originOf).filter((origin) => origin !== undefined));
    origins.set(env, allowed);
  }
  return allowed;
}
