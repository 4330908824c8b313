import { migrateDatabase } from './database.ts';
import { readDevVars } from './dev-vars.ts';
import { loadWrangler, startDevWorker } from './dev-worker.ts';
import { freePortOf } from './port.ts';
import { startPostgres } from './postgres.ts';
import { runCommand, stopOnSignal } from './run-command.ts';
import { developmentToken } from './token.ts';

const SAMPLE_USER = 'user_abc123';
const DATA = '.data/postgres';

/** What has been started, and is stopped at the end. */
const running: { stop: () => Promise<void> }[] = [];

async function dev(): Promise<void> {
  const port = await freePortOf(process.env.PORT || '8000');
  const own = process.env.DATABASE_URL || readDevVars().DATABASE_URL;
  const [url, wrangler] = await Promise.all([own || startDatabase(), loadWrangler()]);
  await migrateDatabase(url);
  running.push(await startDevWorker(wrangler, port, { DATABASE_URL: url, ENVIRONMENT: 'development' }));
  stopOnSignal(stopAll); // Once more: the runtime has added an answer of its own, which waits for nothing.
  await greet(`http://localhost:${port}`, own ? 'your DATABASE_URL' : `an embedded PostgreSQL, its data in ${DATA}`);
}

async function startDatabase(): Promise<string> {
  const postgres = await startPostgres(DATA);
  running.push(postgres);
  return postgres.url;
}

async function stopAll(): Promise<void> {
  await Promise.all(running.splice(0).map(({ stop }) => stop()));
}

async function greet(base: string, database: string): Promise<void> {
  const token = await developmentToken(SAMPLE_USER);
  console.log(`
TaskFlow API  ${base}
Docs          ${base}/docs
Database      ${database} (to look into it: npm run db:studio)
Token         for the sample user ${SAMPLE_USER}, valid for 30 days (another: npm run token -- <user id>):

${token}

Create a task:

curl -s ${base}/api/tasks -H 'Authorization: Bearer ${token}' -H 'Content-Type: application/json' -d '{"title":"Buy groceries"}'

Changes under src/ are taken over at once; Ctrl-C stops everything. Each request is one line below:
`);
}

stopOnSignal(stopAll);
await runCommand(() =>
  dev().catch(async (error) => {
    await stopAll();
    throw error;
  }),
);
