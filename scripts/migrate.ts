import { databaseUrlOf, migrateDatabase } from './database.ts';
import { runCommand } from './run-command.ts';

await runCommand(async function migrate() {
  const url = databaseUrlOf('npm run db:migrate');
  await migrateDatabase(url);
  const { hostname, pathname } = new URL(url);
  console.log(`The tables in ${hostname}${pathname} are up to date.`);
});
