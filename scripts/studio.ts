import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { migrateDatabase } from './database.ts';
import { readDevVars } from './dev-vars.ts';
import { freePortOf } from './port.ts';
import { runningPostgres, startPostgres } from './postgres.ts';
import { runCommand, stopOnSignal } from './run-command.ts';

const DATA = '.data/postgres';
const PORT = '4983';

/** Opens Drizzle's browser on the database that `npm run dev` uses, which is started where it does not run. */
async function studio(): Promise<void> {
  await freePortOf(PORT);
  const known = process.env.DATABASE_URL || readDevVars().DATABASE_URL || runningPostgres(DATA);
  const postgres = known ? undefined : await startPostgres(DATA);
  const url = known || postgres?.url || '';
  if (postgres) await migrateDatabase(url); // It may be new. To look into another's changes nothing in it.
  const child = startDrizzleStudio(url);
  let isStopping = false;
  stopOnSignal(async () => {
    isStopping = true;
    child.kill();
    await postgres?.stop();
  });
  console.log(`
Drizzle Studio  https://local.drizzle.studio
Database        ${new URL(url).host}${new URL(url).pathname}

The page comes from the internet and reads the database through this computer's port ${PORT}. Ctrl-C stops it.
`);
  const [status] = await once(child, 'exit');
  if (!isStopping) throw new Error(`drizzle-kit studio ended with status ${status}`);
}

/** Only for this computer: drizzle-kit's own default is to let the whole network in. */
function startDrizzleStudio(url: string): ChildProcess {
  return spawn('drizzle-kit', ['studio', '--host', '127.0.0.1', '--port', PORT], {
    env: { ...process.env, DATABASE_URL: url },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

await runCommand(studio);
