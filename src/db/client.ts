import type { NeonQueryFunction } from '@neondatabase/serverless';
import type { Client, ClientConfig } from 'pg';
import type { Config } from '../env.ts';
import { DatabaseFailure, failureOf } from './failures.ts';
import type { BoundStatement } from './statement.ts';

/** One request's way to the database. */
export type Connection = {
  /**
   * Sends a statement.
   *
   * @returns its rows.
   * @throws {DatabaseFailure}
   */
  run: <Row>(statement: BoundStatement<Row>) => Promise<Row[]>;
  /** Starts the time limit anew, for an answer that is on its way already and takes further statements. */
  restartClock: () => void;
  /** To be called once nothing will be sent any more. Takes its time after the answer. */
  close: () => void;
};

/** Keeps a request alive after its answer, until something is done. */
type WaitUntil = (done: Promise<unknown>) => void;

/** Milliseconds that a request may wait for the database in all, connecting included. */
export const DATABASE_TIMEOUT_MS = 4_000;

/** Milliseconds that PostgreSQL may take to hang up after it was told goodbye. */
const FAREWELL_MS = 1_000;

/** How statements reach PostgreSQL. */
type Transport = {
  send: (statement: BoundStatement<unknown>, deadline: AbortSignal) => Promise<unknown[]>;
  close: () => void;
};

type Send = Connection['run'];

/** SQLSTATEs that creating the tables is about. */
const UNDEFINED_TABLE = '42P01';
const INSUFFICIENT_PRIVILEGE = '42501';

/**
 * Opens the database for one request: Neon's HTTP driver for a Neon host, TCP for Hyperdrive and all others.
 * Nothing is sent before the first statement. A connection belongs to its request, because workerd
 * forbids a request to use another's socket.
 */
export function openDatabase({ databaseUrl, databaseIsNeon }: Config, waitUntil: WaitUntil): Connection {
  const { send, close } = databaseIsNeon ? overHttp(databaseUrl) : overTcp(databaseUrl, waitUntil);
  let deadline: AbortSignal | undefined;
  const sendInTime = async <Row>(statement: BoundStatement<Row>) => {
    deadline ??= AbortSignal.timeout(DATABASE_TIMEOUT_MS);
    try {
      return (await send(statement, deadline)) as Row[];
    } catch (error) {
      throw deadline.aborted ? new DatabaseFailure('no answer in time') : failureOf(error);
    }
  };
  return {
    run: (statement) => withSecondTry(sendInTime, statement),
    restartClock: () => {
      deadline = undefined;
    },
    close,
  };
}

/**
 * Sends a statement again, once, where that can do no harm and may help: a read whose connection broke, and any
 * statement that PostgreSQL refused because our tables are not there yet (S1 FR-016), after creating them.
 */
async function withSecondTry<Row>(send: Send, statement: BoundStatement<Row>): Promise<Row[]> {
  try {
    return await send(statement);
  } catch (error) {
    const failure = failureOf(error);
    if (failure.sqlstate === UNDEFINED_TABLE) await createTables(send);
    else if (!failure.broken || !statement.isRead) throw failure;
    return send(statement);
  }
}

async function createTables(send: Send): Promise<void> {
  const migrations = await import('./migrations.ts');
  await send({ sql: migrations.createTables, params: [] }).catch((error: DatabaseFailure) => {
    if (error.sqlstate !== INSUFFICIENT_PRIVILEGE) throw error;
    throw new DatabaseFailure('the tables are missing, and this role may not create them: run npm run db:migrate');
  });
}

/** Neon's driver for each address; it holds no connection. */
const neonDrivers = new Map<string, NeonQueryFunction<false, false>>();

/** Drivers are imported on first use: a Worker pays only for the way that it goes. */
function overHttp(url: string): Transport {
  return {
    send: async ({ sql, params }, signal) => {
      const { neon } = await import('@neondatabase/serverless');
      const driver = neonDrivers.get(url) ?? neon(url);
      neonDrivers.set(url, driver);
      return driver.query(sql, params, { fetchOptions: { signal } });
    },
    close: () => {},
  };
}

function expiry(deadline: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const expire = () => reject(deadline.reason);
    if (deadline.aborted) expire();
    else deadline.addEventListener('abort', expire, { once: true });
  });
}

/** A client that is not ended stays in memory for as long as the isolate lives, although its socket goes with the request. */
function overTcp(url: string, waitUntil: WaitUntil): Transport {
  let client: Client | undefined;
  let connected: Promise<Client> | undefined;
  let closed = false;
  const connect = async () => {
    const [{ default: PgClient }, { WorkerSocket }] = await Promise.all([
      import('pg/lib/client.js'),
      import('./socket.ts'),
    ]);
    if (closed) throw new Error('closed before it was open');
    const stream = (({ ssl }: { ssl: boolean }) => new WorkerSocket(ssl)) as unknown as ClientConfig['stream'];
    const opened = new PgClient({ connectionString: url, stream });
    opened.on('error', () => {}); // A lost connection also fails the statement that waits on it, which reports it.
    client = opened;
    return opened.connect();
  };
  const hangUp = () => {
    if (client) waitUntil(sayGoodbye(client));
    client = connected = undefined;
  };
  return {
    send: async ({ sql, params }, deadline) => {
      connected ??= connect();
      try {
        const answer = connected.then((client) => client.query(sql, params));
        return (await Promise.race([answer, expiry(deadline)])).rows;
      } catch (error) {
        if (failureOf(error).broken) hangUp(); // A second try takes another.
        throw error;
      }
    },
    close: () => {
      closed = true;
      hangUp();
    },
  };
}

async function sayGoodbye(client: Client): Promise<void> {
  const patience = setTimeout(() => client.connection.stream.destroy(), FAREWELL_MS);
  await client.end().catch(() => {});
  clearTimeout(patience);
}
