import { watchFile } from 'node:fs';
import { migrateDatabase } from './database.ts';
import { DEV_VARS, readDevVars } from './dev-vars.ts';
import { type DevWorker, startDevWorker } from './dev-worker.ts';
import { namedDatabase } from './development-database.ts';
import { DEVELOPMENT_DATA, startPostgres } from './postgres.ts';
import { exitWithMessage, stopOnSignal } from './run-command.ts';
import { developmentToken } from './token.ts';

const SAMPLE_USER = 'user_abc123';

/** What has been started, and is stopped at the end. */
const running: { stop: () => Promise<void> }[] = [];

async function dev(): Promise<void> {
  const port = Number(process.env.PORT?.trim() || 8000);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Error(`PORT must be a number from 0 to 65535, and is ${process.env.PORT}`);
  const named = namedDatabase();
  const { url: databaseUrl, apiUrl } = named ? { url: named, apiUrl: named } : await startDatabase();
  await migrateDatabase(databaseUrl);
  console.log('Building the Worker …');
  const worker = await startDevWorker(port, variables(apiUrl));
  running.push(worker);
  stopOnSignal(stopAll); // Again, because wrangler has added its own listeners.
  watchFiles(worker, apiUrl);
  const { host, pathname } = new URL(databaseUrl);
  console.log(`
TaskFlow API  ${worker.url}
Docs          ${worker.url}/docs
Database      ${named ? `DATABASE_URL, ${host}${pathname}` : `${databaseUrl}, data in ${DEVELOPMENT_DATA}`}
Token         ${await describeToken(worker.url)}

Changes in src/ are loaded at once. Press Ctrl-C to stop. Each request is logged below:
`);
}

async function startDatabase() {
  console.log(`Starting PostgreSQL in ${DEVELOPMENT_DATA} …`);
  const postgres = await startPostgres(DEVELOPMENT_DATA);
  running.push(postgres);
  return postgres;
}

/** Overrides `wrangler.toml`, which may have a deployment's values: the printed token would then be refused. */
function variables(DATABASE_URL: string): Record<string, string> {
  const { JWT_ISSUER = '', JWT_AUDIENCE = '' } = readDevVars();
  return { DATABASE_URL, ENVIRONMENT: 'development', JWT_ISSUER, JWT_AUDIENCE };
}

function watchFiles(worker: DevWorker, apiUrl: string): void {
  const named = namedDatabase();
  watchFile(DEV_VARS, { interval: 500 }, () => {
    console.log('.dev.vars has changed.');
    if (namedDatabase() !== named) console.log('Restart npm run dev to use the other DATABASE_URL.');
    worker.setVariables(variables(apiUrl)).catch(console.error);
  });
  watchFile('drizzle/meta/_journal.json', { interval: 500 }, () =>
    console.log('There is a new migration in drizzle/. Apply it with: npm run db:migrate'),
  );
}

async function stopAll(): Promise<void> {
  await Promise.all(running.splice(0).map(({ stop }) => stop()));
}

async function describeToken(url: string): Promise<string> {
  const token = await developmentToken(SAMPLE_USER);
  if (!token) return 'from the frontend, because .dev.vars has no BETTER_AUTH_SECRET';
  return `for the user ${SAMPLE_USER}, valid for 30 days (for others: npm run token -- <user id>)

${token}

Create a task:

curl -s ${url}/api/tasks -H 'Authorization: Bearer ${token}' -H 'Content-Type: application/json' -d '{"title":"Buy groceries"}'`;
}

stopOnSignal(stopAll);
await dev().catch(async (error) => {
  await stopAll();
  exitWithMessage(error);
});
