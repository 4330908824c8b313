import type { Config } from '../config.ts';
import { DatabaseError, toDatabaseError } from './errors.ts';
import type { Columns, Statement } from './query.ts';

/**
 * Runs one statement.
 *
 * @returns its rows.
 * @throws {DatabaseError}
 */
export type Run = <Row>(statement: Statement<Row>) => Promise<Row[]>;

/** Keeps the Worker alive after the response until a promise is settled. */
export type WaitUntil = (promise: Promise<unknown>) => void;

/** Sends one statement over one transport. Throws what its driver throws. */
export type Send = (statement: Pick<Statement<unknown>, 'sql' | 'params'>, deadline: AbortSignal) => Promise<Columns[]>;

/** Milliseconds that all statements of one `Run` may take together, connecting included. */
export const DATABASE_TIMEOUT_MS = 4_000;

const UNDEFINED_TABLE = '42P01';
const INSUFFICIENT_PRIVILEGE = '42501';

/**
 * Opens the database for one operation: its statements share a time limit, which starts with the first of them. A Neon
 * host is reached over HTTP, Hyperdrive and any other over TCP, where a connection lives for one statement.
 */
export function openDatabase(config: Config, waitUntil: WaitUntil): Run {
  const send = transport(config, waitUntil);
  let deadline: AbortSignal | undefined;
  return async (statement) => {
    deadline ??= AbortSignal.timeout(DATABASE_TIMEOUT_MS);
    const rows = await sendWithRetry(send, statement, deadline);
    return rows.map(statement.toRow);
  };
}

/** The drivers are imported on first use: an isolate loads only the one that it needs. */
function transport({ databaseUrl, databaseIsNeon }: Config, waitUntil: WaitUntil): Send {
  if (databaseIsNeon) return async (...args) => (await import('./neon-http.ts')).sendOverNeonHttp(databaseUrl, ...args);
  return async (...args) => (await import('./tcp.ts')).sendOverTcp(databaseUrl, waitUntil, ...args);
}

/**
 * Sends a statement a second time where that is safe and may help: a read whose connection broke, and any statement
 * that failed because our tables do not exist yet (S1 FR-016), after creating them.
 */
async function sendWithRetry(send: Send, statement: Statement<unknown>, deadline: AbortSignal): Promise<Columns[]> {
  try {
    return await sendInTime(send, statement, deadline);
  } catch (error) {
    const { sqlstate, connectionBroke } = toDatabaseError(error);
    if (sqlstate === UNDEFINED_TABLE) await createTables(send, deadline);
    else if (!connectionBroke || !statement.isRead) throw error;
    return sendInTime(send, statement, deadline);
  }
}

async function sendInTime(send: Send, ...[statement, deadline]: Parameters<Send>): Promise<Columns[]> {
  try {
    return await send(statement, deadline);
  } catch (error) {
    throw deadline.aborted ? new DatabaseError('timed out') : toDatabaseError(error);
  }
}

async function createTables(send: Send, deadline: AbortSignal): Promise<void> {
  const { createTables } = await import('./migrations.generated.ts');
  await sendInTime(send, { sql: createTables, params: [] }, deadline).catch((error: DatabaseError) => {
    if (error.sqlstate !== INSUFFICIENT_PRIVILEGE) throw error;
    throw new DatabaseError('the tables are missing, and this role may not create them: run npm run db:migrate');
  });
}
