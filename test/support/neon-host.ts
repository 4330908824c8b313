/** Neon's driver sends its requests to this host for a database at `ep-test.eu-central-1.aws.neon.tech`. */
export const NEON_API_HOST = 'api.eu-central-1.aws.neon.tech';

/** @returns the URL that the same database would have at Neon. */
export function neonUrl(databaseUrl: string): string {
  return databaseUrl.replace(/@[^/]+/, '@ep-test.eu-central-1.aws.neon.tech');
}
