import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import { parseArgs } from 'node:util';
import { startStudioPostgresServer } from 'drizzle-kit/api';
import * as schema from '../src/db/schema.ts';
import { migrateDatabase } from './database.ts';
import { namedDatabase, openDevelopmentDatabase } from './development-database.ts';
import { exitWithMessage, stopOnSignal } from './run-command.ts';

const PAGE = 'https://local.drizzle.studio';

/** drizzle-kit runs any SQL for any page: requests of pages other than its own get its 404. */
function refuseOtherOrigins(): void {
  subscribe('http.server.request.start', (message) => {
    const { request } = message as { request: IncomingMessage };
    if (request.headers.origin !== PAGE) request.url = '/refused';
  });
}

/** Serves Drizzle Studio for the database of `npm run dev`. */
async function studio(port: number): Promise<void> {
  const { url, stop } = await openDevelopmentDatabase();
  if (!namedDatabase()) await migrateDatabase(url);
  // The pool of drizzle-kit throws when PostgreSQL closes its connections, as it does on a Ctrl-C before `stop` begins.
  let isStopping = false;
  process.on('uncaughtException', (error) => setTimeout(() => isStopping || exitWithMessage(error), 500));
  stopOnSignal(() => {
    isStopping = true;
    return stop();
  });
  refuseOtherOrigins();
  await startStudioPostgresServer(schema, { url }, { host: '127.0.0.1', port });
  console.log(`Open ${PAGE}?port=${port}. Press Ctrl-C to stop.`);
}

const { values } = parseArgs({ options: { port: { type: 'string', default: '4983' } } });
await studio(Number(values.port)).catch(exitWithMessage);
