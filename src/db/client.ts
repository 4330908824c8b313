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

/** What keeps a request's sockets alive after its answer. */
type Lifetime = Pick<ExecutionContext, 'waitUntil'>;

/** Milliseconds that a request may wait for the database in all, connecting included. */
export const DATABASE_TIMEOUT_MS = 4_000;

/** How statements reach PostgreSQL. */
type Transport = {
  send: (statement: BoundStatement<unknown>, deadline: AbortSignal) => Promise<unknown[]>;
  close: () => void;
};

type Send = <Row>(statement: BoundStatement<Row>) => Promise<Row[]>;

/** SQLSTATEs that creating the tables is about. */
const UNDEFINED_TABLE = '42P01';
const INSUFFICIENT_PRIVILEGE = '42501';

/**
 * Opens the database for one request: Neon's HTTP driver for a Neon host, TCP for Hyperdrive and all others.
 * Nothing is sent before the first statement. A connection belongs to its request, because workerd
 * forbids a request to use another's socket.
 */
export function openDatabase(config: Config, lifetime: Lifetime): Connection {
  const { send, close } = isNeon(config) ? overHttp(config.databaseUrl) : overTcp(config.databaseUrl, lifetime);
  let deadline: AbortSignal | undefined;
  const sendInTime = async <Row>(statement: BoundStatement<Row>) => {
    deadline ??= AbortSignal.timeout(DATABASE_TIMEOUT_MS);
    try {
      return (await Promise.race([send(statement, deadline), expiry(deadline)])) as Row[];
    } catch (error) {
      throw failureOf(error);
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
    else if (!failure.broken || !statement.sql.startsWith('select')) throw failure;
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
function overHttp(url: string): Transport {
  return {
    send: async ({ sql, params }, signal) => {
      const { neon } = await import('@neondatabase/serverless');
      return neon(url, { fetchOptions: { signal } }).query(sql, params);
    },
    close: () => {},
  };
}

/** A client that is not ended stays in memory for as long as the isolate lives, although its socket goes with the request. */
function overTcp(url: string, lifetime: Lifetime): Transport {
  let client: Client | undefined;
  let connected: Promise<Client> | undefined;
  const connect = async () => {
    const [{ default: pg }, { WorkerSocket }] = await Promise.all([import('pg'), import('./socket.ts')]);
    const stream = (({ ssl }: { ssl: boolean }) => new WorkerSocket(ssl)) as unknown as ClientConfig['stream'];
    const opened = new pg.Client({ connectionString: url, stream });
    opened.on('error', () => {}); // A lost connection also fails the statement that waits on it, which reports it.
    client = opened;
    return opened.connect();
  };
  const close = () => {
    if (client) lifetime.waitUntil(client.end().catch(() => {}));
    client = connected = undefined;
  };
  return {
    send: async ({ sql, params }) => {
      connected ??= connect();
      try {
        const { rows } = await (await connected).query(sql, params);
        return rows;
      } catch (error) {
        if (failureOf(error).broken) close(); // A second try takes another.
        throw error;
      }
    },
    close,
  };
}
