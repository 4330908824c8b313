import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getMigrations } from 'better-auth/db/migration';
import { toNodeHandler } from 'better-auth/node';
import { migrateDatabase } from '../../scripts/database.ts';
import { startDevWorker } from '../../scripts/dev-worker.ts';
import { startPostgres } from '../../scripts/postgres.ts';
import { exitWithMessage, stopOnSignal } from '../../scripts/run-command.ts';
import { pageServer } from './page-server.ts';

/** Not `localhost`, whose cookies a frontend in development has: they do not depend on the port. */
const HOST = '127.0.0.1';

/** In the order of their start; they are stopped in reverse. */
const started: (() => Promise<unknown>)[] = [];

/** Runs PostgreSQL, the API, and the page with Better Auth, each on a port of its own, until Ctrl-C. */
async function main(): Promise<void> {
  console.log('Starting PostgreSQL, Better Auth and the API …');
  const databaseUrl = await startDatabase();
  stopOnSignal(stopAll); // Not before: a PostgreSQL that is starting is stopped by its package.
  const server = createServer();
  started.push(async () => {
    server.close();
    server.closeAllConnections();
  });
  const pageUrl = await listen(server, Number(process.env.PORT || 4000));
  const auth = await createAuth({ BETTER_AUTH_URL: pageUrl, DATABASE_URL: databaseUrl });
  const variables = { DATABASE_URL: databaseUrl, BETTER_AUTH_URL: pageUrl, ENVIRONMENT: 'development' };
  const worker = await startDevWorker(0, { ...unset, ...variables });
  started.push(worker.stop);
  stopOnSignal(stopAll); // Again, because wrangler has added its own listeners.
  const page = pageServer(() => worker.url);
  server.on('request', (request, response) => (request.url?.startsWith('/api/auth/') ? auth : page)(request, response));
  console.log(`
Open          ${pageUrl}

The API is at ${worker.url}, its documentation at ${worker.url}/docs.
All data is gone when you press Ctrl-C. Each request to the API is logged below:
`);
}

/** Variables that `.dev.vars` or `wrangler.toml` may have. */
const unset = {
  BETTER_AUTH_SECRET: '',
  CORS_ORIGINS: '',
  JWKS_URL: '',
  JWT_ISSUER: '',
  JWT_AUDIENCE: '',
  VALIDATION_ERROR_STATUS: '',
};

async function startDatabase(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'taskflow-demo-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const postgres = await startPostgres(folder);
  started.push(postgres.stop);
  await migrateDatabase(postgres.url);
  return postgres.url;
}

/** The server of `examples/nextjs/lib/auth.ts`, with these variables. */
async function createAuth(variables: { BETTER_AUTH_URL: string; DATABASE_URL: string }) {
  Object.assign(process.env, variables, { BETTER_AUTH_SECRET: randomBytes(32).toString('hex') });
  const { auth } = await import('../nextjs/lib/auth.ts');
  const pool = auth.options.database;
  pool.on('error', () => {}); // PostgreSQL may stop before the pool's last connection is closed.
  started.push(() => pool.end());
  await (await getMigrations(auth.options)).runMigrations();
  return toNodeHandler(auth);
}

/** @returns the URL. Where the port is taken, any free one is used. */
async function listen(server: Server, port: number): Promise<string> {
  const tryPort = (number: number) => once(server.listen(number, HOST), 'listening');
  await tryPort(port).catch(() => tryPort(0));
  return `http://${HOST}:${(server.address() as AddressInfo).port}`;
}

async function stopAll(): Promise<void> {
  for (const stop of started.splice(0).reverse()) await stop();
}

await main().catch(async (error) => {
  await stopAll();
  exitWithMessage(error);
});
