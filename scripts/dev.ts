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
  const devVars = readDevVars();
  const own = process.env.DATABASE_URL || devVars.DATABASE_URL;
  const [url, wrangler] = await Promise.all([own || startDatabase(), loadWrangler()]);
  await migrateDatabase(url);
  const { JWT_ISSUER = '', JWT_AUDIENCE = '' } = devVars; // Our tokens have these, and not a deployment's.
  const variables = { DATABASE_URL: url, ENVIRONMENT: 'development', JWT_ISSUER, JWT_AUDIENCE };
  running.push(await startDevWorker(wrangler, port, variables));
  stopOnSignal(stopAll); // Once more: the runtime has added an answer of its own, which waits for nothing.
  const { host, pathname } = new URL(url);
  const database = own ? `your DATABASE_URL, ${host}${pathname}` : `an embedded PostgreSQL, its data in ${DATA}`;
  await greet(`http://localhost:${port}`, database);
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
  console.log(`
TaskFlow API  ${base}
Docs          ${base}/docs
Database      ${database} (to look into it: npm run db:studio)
Token         ${await describeToken(base)}

Changes under src/ are taken over at once; Ctrl-C stops everything. Each request is one line below:
`);
}

/** Where published keys alone count, nobody here can sign. */
async function describeToken(base: string): Promise<string> {
  if (!readDevVars().BETTER_AUTH_SECRET)
    return 'from the frontend: .dev.vars has no BETTER_AUTH_SECRET to sign one with';
  const token = await developmentToken(SAMPLE_USER);
  return `for the sample user ${SAMPLE_USER}, valid for 30 days (another: npm run token -- <user id>):

${token}

Create a task:

curl -s ${base}/api/tasks -H 'Authorization: Bearer ${token}' -H 'Content-Type: application/json' -d '{"title":"Buy groceries"}'`;
}

stopOnSignal(stopAll);
await runCommand(() =>
  dev().catch(async (error) => {
    await stopAll();
    throw error;
  }),
);
