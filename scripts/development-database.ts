import { readDevVars } from './dev-vars.ts';
import { DEVELOPMENT_DATA, runningPostgres, startPostgres } from './postgres.ts';

/** The database that `DATABASE_URL` names, in the environment or in `.dev.vars`. */
export const namedDatabase = () => process.env.DATABASE_URL?.trim() || readDevVars().DATABASE_URL;

/** Opens the database of `npm run dev`: the named one, or the embedded one, which is started if it does not run. */
export async function openDevelopmentDatabase(): Promise<{ url: string; stop: () => Promise<void> }> {
  const url = namedDatabase() || runningPostgres(DEVELOPMENT_DATA);
  return url ? { url, stop: async () => {} } : startPostgres(DEVELOPMENT_DATA);
}
