import { migrateDatabase, requireDatabaseUrl } from './database.ts';
import { exitWithMessage } from './run-command.ts';

try {
  await migrateDatabase(requireDatabaseUrl());
  console.log('The tables are up to date.');
} catch (error) {
  exitWithMessage(error);
}
