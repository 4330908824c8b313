import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { migrateDatabase } from './database.ts';
import { readDevVars } from './dev-vars.ts';
import { DEVELOPMENT_DATA, runningPostgres, startPostgres } from './postgres.ts';
import { exitWithMessage, stopOnSignal } from './run-command.ts';

/** Opens Drizzle Studio on the database of `npm run dev`, which is started if it does not run. */
async function studio(options: string[]): Promise<void> {
  const running = process.env.DATABASE_URL || readDevVars().DATABASE_URL || runningPostgres(DEVELOPMENT_DATA);
  const postgres = running ? undefined : await startPostgres(DEVELOPMENT_DATA);
  const url = running || postgres?.url || '';
  if (postgres) await migrateDatabase(url);
  // By default, drizzle-kit listens on all network interfaces.
  const child = spawn('drizzle-kit', ['studio', '--host', '127.0.0.1', ...options], {
    env: { ...process.env, DATABASE_URL: url },
    stdio: 'inherit',
  });
  stopOnSignal(async () => {
    child.kill();
    await postgres?.stop();
  });
  const [status] = await once(child, 'exit');
  await postgres?.stop();
  process.exit(status);
}

await studio(process.argv.slice(2)).catch(exitWithMessage);
