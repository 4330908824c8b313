import { drizzle, type PgRemoteDatabase } from 'drizzle-orm/pg-proxy';
import type { Config } from '../env.ts';
import { DatabaseFailure, failureOf } from './failures.ts';

/** Drizzle over whichever way leads to the database. */
export type Database = PgRemoteDatabase;

/** One request's way to the database. */
export type Connection = {
  db: Database;
  /** Starts the time limit anew, for an answer that is on its way already and takes further statements. */
  restartClock: () => void;
};

/** Milliseconds that a request may wait for the database in all, connecting included. */
export const DATABASE_TIMEOUT_MS = 4_000;

/** Sends one statement and resolves to its rows, each an array of its columns. */
type Send = (sql: string, params: unknown[]) => Promise<unknown[][]>;

/** A `Send` that stops when it is told to. */
type StoppableSend = (sql: string, params: unknown[], signal: AbortSignal) => Promise<unknown[][]>;

/** SQLSTATEs that creating the tables is about. */
const UNDEFINED_TABLE = '42P01';
const INSUFFICIENT_PRIVILEGE = '42501';

/**
 * Opens the database for one request: Neon's HTTP driver for a Neon host, TCP for Hyperdrive and all others.
 * Nothing is sent before the first statement. A connection belongs to its request, because workerd
 * forbids a request to use another's socket.
 */
export function openDatabase(config: Config): Connection {
  const send = isNeon(config) ? neonSender(config.databaseUrl) : tcpSender(config.databaseUrl);
  let deadline: AbortSignal | undefined;
  const sendInTime: Send = async (sql, params) => {
    deadline ??= AbortSignal.timeout(DATABASE_TIMEOUT_MS);
    try {
      return await Promise.race([send(sql, params, deadline), expiry(deadline)]);
    } catch (error) {
      throw failureOf(error);
    }
  };
  const db = drizzle(async (sql, params) => ({ rows: await withSecondTry(sendInTime, sql, params) }));
  return {
    db,
    restartClock: () => {
      deadline = undefined;
    },
  };
}

/**
 * Sends a statement again, once, where that can do no harm and may help: a read whose connection broke, and any
 * statement that PostgreSQL refused because our tables are not there yet (S1 FR-016), after creating them.
 */
async function withSecondTry(send: Send, sql: string, params: unknown[]): Promise<unknown[][]> {
  try {
    return await send(sql, params);
  } catch (error) {
    const failure = failureOf(error);
    if (failure.sqlstate === UNDEFINED_TABLE) await createTables(send);
    else if (!failure.broken || !sql.startsWith('select')) throw failure;
    return send(sql, params);
  }
}

async function createTables(send: Send): Promise<void> {
  const migrations = await import('./migrations.ts');
  await send(migrations.createTables, []).catch((error: DatabaseFailure) => {
    if (error.sqlstate !== INSUFFICIENT_PRIVILEGE) throw error;
    throw new DatabaseFailure('the tables are missing, and this role may not create them: run npm run db:migrate');
  });
}

function isNeon({ databaseUrl, hyperdrive }: Config): boolean {
  return !hyperdrive && new URL(databaseUrl).hostname.endsWith('.neon.tech');
}

function expiry(deadline: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const expire = () => reject(new DatabaseFailure('no answer in time'));
    if (deadline.aborted) expire();
    else deadline.addEventListener('abort', expire, { once: true });
  });
}

/** Drivers are imported on first use: a Worker pays only for the way that it goes. */
function neonSender(url: string): StoppableSend {
  return async (text, params, signal) => {
    const { neon } = await import('@neondatabase/serverless');
    return neon(url, { arrayMode: true, fetchOptions: { signal } }).query(text, params) as Promise<unknown[][]>;
  };
}

/** The client is never ended: the runtime closes its socket with the request, and cleanly so. */
function tcpSender(url: string): StoppableSend {
  let connection: Promise<import('pg').Client> | undefined;
  const connect = async () => {
    const { default: pg } = await import('pg');
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => {}); // A lost connection also fails the statement that waits on it, which reports it.
    await client.connect();
    return client;
  };
  return async (text, values) => {
    connection ??= connect();
    try {
      const { rows } = await (await connection).query<unknown[]>({ text, values, rowMode: 'array' });
      return rows;
    } catch (error) {
      if (failureOf(error).broken) connection = undefined; // A second try takes another.
      throw error;
    }
  };
}
