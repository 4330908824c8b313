import {
  databaseUrlProblem,
  forPg,
  isNeonHost,
  isSafeForKeys,
  parseHttpUrl,
  parsePostgresUrl,
  splitList,
  toOrigin,
} from './config-rules.ts';
import { type Environment, readVariable, type VariableName, variableNames } from './environment.ts';

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
  const problems = [...problemsOf(env)];
  if (problems.length > 0) throw new ConfigError(problems.join('; '));
  const read = (name: VariableName) => readVariable(env, name);
  const databaseUrl = env.HYPERDRIVE?.connectionString ?? read('DATABASE_URL') ?? '';
  const databaseIsNeon = !env.HYPERDRIVE && isNeonHost(new URL(databaseUrl).hostname);
  const betterAuthUrl = read('BETTER_AUTH_URL');
  return {
    databaseUrl: databaseIsNeon ? normalizeHost(databaseUrl) : forPg(databaseUrl),
    databaseIsNeon,
    secret: read('BETTER_AUTH_SECRET'),
    jwksUrl: read('JWKS_URL') ?? (betterAuthUrl && defaultJwksUrl(betterAuthUrl)),
    issuerOrigin: betterAuthUrl && new URL(betterAuthUrl).origin,
    validationStatus: read('VALIDATION_ERROR_STATUS') === '400' ? 400 : 422,
    issuer: read('JWT_ISSUER'),
    audience: read('JWT_AUDIENCE'),
  };
}

/** What is missing or refused. */
function* problemsOf(env: Environment): Generator<string, void, void> {
  const notText = variableNames.filter((name) => typeof env[name] === 'object');
  yield* notText.map((name) => `${name} must be text`);
  if (notText.length > 0) return;
  const read = (name: VariableName) => readVariable(env, name);
  const secret = read('BETTER_AUTH_SECRET');
  const betterAuthUrl = read('BETTER_AUTH_URL');
  const jwksUrl = read('JWKS_URL');
  const environment = read('ENVIRONMENT') ?? 'development';
  const databaseProblem = databaseProblemOf(env, environment === 'production');
  if (databaseProblem) yield databaseProblem;
  if (!secret && !betterAuthUrl && !jwksUrl)
    yield 'BETTER_AUTH_SECRET is missing, and so are BETTER_AUTH_URL and JWKS_URL';
  if (secret && secret.length < 32) yield 'BETTER_AUTH_SECRET must have at least 32 characters';
  if (secret && publishedSecrets.has(secret)) yield 'BETTER_AUTH_SECRET is a published example';
  if (betterAuthUrl && !parseHttpUrl(betterAuthUrl)) yield 'BETTER_AUTH_URL must be an HTTP URL without a user';
  else if (betterAuthUrl && !jwksUrl && !isSafeForKeys(betterAuthUrl)) yield 'BETTER_AUTH_URL must be an https URL';
  if (jwksUrl && !isSafeForKeys(jwksUrl)) yield 'JWKS_URL must be an https URL without a user';
  for (const [index, entry] of splitList(read('CORS_ORIGINS')).entries())
    if (!toOrigin(entry)) yield `CORS_ORIGINS entry ${index + 1} is not an origin`;
  if (!['development', 'production'].includes(environment)) yield 'ENVIRONMENT must be development or production';
  if (!['400', '422'].includes(read('VALIDATION_ERROR_STATUS') ?? '422'))
    yield 'VALIDATION_ERROR_STATUS must be 400 or 422';
}

function databaseProblemOf(env: Environment, isProduction: boolean): string | undefined {
  if (env.HYPERDRIVE)
    return parsePostgresUrl(env.HYPERDRIVE.connectionString) ? undefined : 'HYPERDRIVE has no PostgreSQL URL';
  const url = readVariable(env, 'DATABASE_URL');
  const problem = url ? databaseUrlProblem(url, isProduction) : 'is missing, and HYPERDRIVE is not bound';
  return problem && `DATABASE_URL ${problem}`;
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
