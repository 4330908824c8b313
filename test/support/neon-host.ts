/** Neon's driver sends its requests to this host for a database at `ep-test.eu-central-1.aws.neon.tech`. */
export const NEON_API_HOST = 'api.eu-central-1.aws.neon.tech';

/** Whether Neon's driver sends requests to this host, whatever the region of the database. */
export function isNeonApi(hostname: string): boolean {
  return /^api\..+\.neon\.tech$/.test(hostname);
}

/** @returns the URL that the same database would have at Neon. */
export function neonUrl(databaseUrl: string): string {
  return databaseUrl.replace(/@[^/]+/, '@ep-test.eu-central-1.aws.neon.tech');
}
