import { drizzle, type PgRemoteDatabase } from 'drizzle-orm/pg-proxy';
import type { Config } from '../env.ts';
import { DatabaseFailure, failureOf } from './failures.ts';

/** The one database type of the program, whichever way leads to it. */
export type Database = PgRemoteDatabase;

/** Milliseconds that a request may wait for the database in all, connecting included. */
export const DATABASE_TIMEOUT_MS = 4_000;

/** Sends one statement and resolves to its rows, each an array of its columns. */
type Send = (sql: string, params: unknown[]) => Promise<unknown[][]>;

/**
 * Opens the database for one request: Neon's HTTP driver for a Neon host, TCP for Hyperdrive and all others.
 * Nothing is sent before the first statement. A client belongs to its request, because workerd
 * forbids a request to use another's socket.
 */
export function openDatabase(config: Config): Database {
  const deadline = AbortSignal.timeout(DATABASE_TIMEOUT_MS);
  const send = isNeon(config) ? neonSender(config.databaseUrl, deadline) : tcpSender(config.databaseUrl);
  return drizzle(async (sql, params) => {
    try {
      return { rows: await Promise.race([send(sql, params), expiry(deadline)]) };
    } catch (error) {
      throw failureOf(error);
    }
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
function neonSender(url: string, signal: AbortSignal): Send {
  return async (text, params) => {
    const { neon } = await import('@neondatabase/serverless');
    return neon(url, { arrayMode: true, fetchOptions: { signal } }).query(text, params) as Promise<unknown[][]>;
  };
}

/** The client is never ended: the runtime closes its socket with the request, and cleanly so. */
function tcpSender(url: string): Send {
  let connecting: Promise<import('pg').Client> | undefined;
  const connect = async () => {
    const { default: pg } = await import('pg');
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => {}); // A lost connection also fails the statement that waits on it, which reports it.
    await client.connect();
    return client;
  };
  return async (text, values) => {
    connecting ??= connect();
    const { rows } = await (await connecting).query<unknown[]>({ text, values, rowMode: 'array' });
    return rows;
  };
}
