/** The variables that `readConfig` checks. */
export const variableNames = [
  'DATABASE_URL',
  'BETTER_AUTH_SECRET',
  'BETTER_AUTH_URL',
  'JWKS_URL',
  'CORS_ORIGINS',
  'ENVIRONMENT',
  'VALIDATION_ERROR_STATUS',
  'JWT_ISSUER',
  'JWT_AUDIENCE',
] as const;

export type VariableName = (typeof variableNames)[number];

/** These variables, and the binding that replaces one. `wrangler.toml` may give a variable any JSON value. */
export type Environment = { [Name in VariableName]?: unknown } & {
  HYPERDRIVE?: { connectionString: string } | undefined;
};

/**
 * The text of a variable, without white space around it.
 *
 * @returns undefined if it is unset, or empty, because `wrangler.toml` cannot unset a variable.
 */
export function readVariable(env: Environment, name: VariableName): string | undefined {
  const value = env[name];
  return typeof value === 'object' ? undefined : String(value ?? '').trim() || undefined;
}
