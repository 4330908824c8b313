import type { Config } from '../config.ts';
import { DatabaseError, tablesMissing, timedOut } from './errors.ts';
import type { Columns, Run, Statement } from './query.ts';

/** Milliseconds that all statements of one `Run` may take together, connecting included. */
export const DATABASE_TIMEOUT_MS = 4_000;

/** Milliseconds before a read is sent again to a server that may recover; up to half as much is added at random. */
const RETRY_PAUSE_MS = 300;

const MAX_ATTEMPTS = 6;

const UNDEFINED_TABLE = '42P01';
const INSUFFICIENT_PRIVILEGE = '42501';

/**
 * Opens the database for one operation: its statements share a time limit, which starts with the first of them. A Neon
 * host is reached over HTTP, Hyperdrive and any other over TCP, where a connection lives for one statement.
 */
export function openDatabase(config: Config): Run {
  let deadline: AbortSignal | undefined;
  return async (statement) => {
    deadline ??= AbortSignal.timeout(DATABASE_TIMEOUT_MS);
    try {
      const rows = await sendWithRetries(config, statement, deadline);
      return rows.map(statement.toRow);
    } catch (error) {
      throw deadline.aborted ? new DatabaseError(timedOut) : error;
    }
  };
}

/**
 * Sends a statement again if that is safe and may help: a read as its error says, and any statement that failed
 * because our tables do not exist yet (S1 FR-016), after creating them. No write that may have happened is sent twice.
 */
async function sendWithRetries(
  config: Config,
  { sql, params }: Statement<unknown>,
  deadline: AbortSignal,
): Promise<Columns[]> {
  const isRead = sql.startsWith('select');
  let hasCreatedTables = false;
  for (let attempt = 1; ; attempt++) {
    try {
      return await send(config, sql, params, deadline);
    } catch (error) {
      if (!(error instanceof DatabaseError) || deadline.aborted || attempt === MAX_ATTEMPTS) throw error;
      const { retry } = error.meaning;
      if (error.codes.sqlstate === UNDEFINED_TABLE && !hasCreatedTables) {
        hasCreatedTables = true;
        await createTables(config, deadline);
      } else if (!isRead || retry === 'never' || (retry === 'at once' && attempt > 1)) throw error;
      else if (retry === 'after a pause') await pause();
    }
  }
}

/** The drivers are imported on first use: an isolate loads only the one that it needs. */
async function send(config: Config, sql: string, params: object, deadline: AbortSignal): Promise<Columns[]> {
  const values = Object.values(params);
  if (values.includes(undefined)) throw new Error('a value of the query is missing'); // As null, it could mean "any".
  const transport = await (config.databaseIsNeon ? import('./neon-http.ts') : import('./tcp.ts'));
  return transport.send(config.databaseUrl, sql, values, deadline);
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, RETRY_PAUSE_MS * (1 + Math.random() / 2)));
}

async function createTables(config: Config, deadline: AbortSignal): Promise<void> {
  const { createTables } = await import('./migrations.generated.ts');
  await send(config, createTables, [], deadline).catch((error) => {
    const isRefused = error instanceof DatabaseError && error.codes.sqlstate === INSUFFICIENT_PRIVILEGE;
    throw isRefused ? new DatabaseError(tablesMissing) : error;
  });
}
