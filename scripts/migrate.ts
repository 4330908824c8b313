import { migrateDatabase } from './database.ts';
import { openDevelopmentDatabase } from './development-database.ts';
import { exitWithMessage } from './run-command.ts';

/** Migrates the database of `DATABASE_URL`, else that of `npm run dev`. */
async function run(): Promise<void> {
  const { url, stop } = await openDevelopmentDatabase();
  await migrateDatabase(url).finally(stop);
  const { host, pathname } = new URL(url);
  console.log(`The tables of ${host}${pathname} are up to date.`);
}

await run().then(() => process.exit(), exitWithMessage);
