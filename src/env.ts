import * as z from 'zod/mini';
import { ApiError } from './errors.ts';

/** What the Worker is configured with, parsed and checked. Plain data: it outlives the request that read it. */
export type Config = {
  /** PostgreSQL connection string. */
  databaseUrl: string;
  /** Whether Neon's HTTP driver reaches it. Hyperdrive is always reached over TCP. */
  databaseIsNeon: boolean;
  /** The secret shared with Better Auth (S1 FR-002). */
  secret: string | undefined;
  /** Where Better Auth's `jwt` plugin publishes its keys. */
  keySetUrl: string | undefined;
  /** The status of a validation failure: 422 (S0, S1) or 400 (S2, S3). */
  validationStatus: 422 | 400;
  issuer: string | undefined;
  audience: string | undefined;
  production: boolean;
};

/** The variables and bindings that the Worker reads; every one of them may be missing until `readConfig` has looked. */
export type Bindings = {
  [name in keyof z.input<typeof variables>]?: string | undefined;
} & {
  HYPERDRIVE?: { connectionString: string } | undefined;
  /** The files that the build made (`dist/assets`). */
  ASSETS?: Pick<Fetcher, 'fetch'> | undefined;
};

/** Secrets that anyone can read somewhere: Better Auth's default, S1's example and this project's. */
const published = new Set([
  'better-auth-secret-12345678901234567890',
  'better-auth-secret-123456789012345678901234567890',
  'your-super-secret-key-32-chars-min',
  'replace-me-with-the-secret-of-your-better-auth-server',
]);

const isUrl = (value: string, protocols: string[]) => protocols.includes(URL.parse(value)?.protocol ?? '');

const originOf = (value: string) => (isUrl(value, ['http:', 'https:']) ? new URL(value).origin : undefined);

const listOf = (value: string) =>
  value
    .split(',')
    .map((entry) => entry.trim())
    .filter(Boolean);

/** An unset variable and an empty one are the same: `wrangler.toml` and shells cannot unset. */
const optional = <T extends z.core.SomeType>(schema: T) =>
  z.pipe(
    z.transform((value) => (value === '' ? undefined : value)),
    z.optional(schema),
  );

const variables = z.lazy(() =>
  z.object({
    DATABASE_URL: optional(
      z.string().check(z.refine((value) => isUrl(value, ['postgres:', 'postgresql:']), 'is not a PostgreSQL address')),
    ),
    BETTER_AUTH_SECRET: optional(
      z.string().check(
        z.refine((value) => value.length >= 32, 'must have at least 32 characters'),
        z.refine((value) => !published.has(value), 'is a published example'),
        z.refine((value) => new Set(value).size >= 8, 'repeats too few characters'),
      ),
    ),
    BETTER_AUTH_URL: optional(
      z.string().check(z.refine((value) => originOf(value) !== undefined, 'is not a web address')),
    ),
    CORS_ORIGINS: optional(
      z
        .string()
        .check(
          z.refine(
            (value) => listOf(value).every((entry) => originOf(entry) !== undefined),
            'names something other than origins',
          ),
        ),
    ),
    ENVIRONMENT: optional(z.enum(['development', 'production'], 'must be development or production')),
    VALIDATION_ERROR_STATUS: optional(z.enum(['400', '422'], 'must be 400 or 422')),
    JWT_ISSUER: optional(z.string()),
    JWT_AUDIENCE: optional(z.string()),
  }),
);

const configs = new WeakMap<Bindings, Config>();

/**
 * The configuration that `env` holds, checked once per isolate.
 *
 * @throws {ApiError} `misconfigured`, its log line naming each variable that is missing or refused, never a value.
 */
export function readConfig(env: Bindings): Config {
  const known = configs.get(env);
  if (known) return known;
  const config = parseConfig(env);
  configs.set(env, config);
  return config;
}

function parseConfig(env: Bindings): Config {
  const parsed = variables.safeParse(env);
  const problems = parsed.success ? [] : parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`);
  if (!env.DATABASE_URL && !env.HYPERDRIVE) problems.push('DATABASE_URL is missing, and HYPERDRIVE is not bound');
  if (!env.BETTER_AUTH_SECRET && !env.BETTER_AUTH_URL)
    problems.push('BETTER_AUTH_SECRET is missing, and so is BETTER_AUTH_URL');
  if (!parsed.success || problems.length > 0) throw new ApiError('misconfigured', { log: problems.join('; ') });
  const data = parsed.data;
  const databaseUrl = env.HYPERDRIVE?.connectionString ?? data.DATABASE_URL ?? '';
  return {
    databaseUrl,
    databaseIsNeon: !env.HYPERDRIVE && new URL(databaseUrl).hostname.endsWith('.neon.tech'),
    secret: data.BETTER_AUTH_SECRET,
    keySetUrl: data.BETTER_AUTH_URL && `${data.BETTER_AUTH_URL.replace(/(\/api\/auth)?\/*$/, '')}/api/auth/jwks`,
    validationStatus: data.VALIDATION_ERROR_STATUS === '400' ? 400 : 422,
    issuer: data.JWT_ISSUER,
    audience: data.JWT_AUDIENCE,
    production: data.ENVIRONMENT === 'production',
  };
}

const origins = new WeakMap<Bindings, Set<string>>();

/**
 * The origins that may read our answers: `CORS_ORIGINS`, or else that of `BETTER_AUTH_URL` (S1 FR-015).
 * Read apart from the rest, and forgiving, so that even a `misconfigured` answer reaches a frontend's code.
 */
export function allowedOrigins(env: Bindings): Set<string> {
  let allowed = origins.get(env);
  if (!allowed) {
    const entries = listOf(env.CORS_ORIGINS || env.BETTER_AUTH_URL || '');
    allowed = new Set(entries.map(originOf).filter((origin) => origin !== undefined));
    origins.set(env, allowed);
  }
  return allowed;
}
