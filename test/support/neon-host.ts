/** Neon's driver sends its requests to this host for a database at `ep-test.eu-central-1.aws.neon.tech`. */
export const NEON_API_HOST = 'api.eu-central-1.aws.neon.tech';

/** @returns the address of the same database as Neon would give it. */
export function neonUrl(databaseUrl: string): string {
  return databaseUrl.replace(/@[^/]+/, '@ep-test.eu-central-1.aws.neon.tech');
}
