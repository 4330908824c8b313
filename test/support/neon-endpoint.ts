import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { CLOSED_ONCE, type NeonFault, neonFaults, OUTAGE, OUTAGE_REQUESTS, wakingTimes } from './faults.ts';
import { MAX_BYTES, type NeonResponse, neonError, refusals, refusedConnection } from './neon-errors.ts';

/** `Neon-Raw-Text-Output`: every value as PostgreSQL's text. */
const types = { getTypeParser: () => (value: unknown) => value };

/** Serves Neon's SQL-over-HTTP protocol in front of a PostgreSQL, as Neon's proxy does, one statement per request. */
export async function startNeonEndpoint(postgres: URL): Promise<{ url: string; stop: () => Promise<void> }> {
  const pools = new Map<string, pg.Pool>();
  const server = createServer(async (request, response) => {
    const { username, password, pathname } = new URL(String(request.headers['neon-connection-string']));
    const fault = neonFaults.find((name) => pathname === `/${name}`);
    if (fault && failsRequest(fault)) return fail(fault, request, response);
    const login = { username, password, pathname: fault ? postgres.pathname : pathname, search: '' };
    const { href } = Object.assign(new URL(postgres), login);
    await sleep(wakingTimes[fault ?? ''] ?? 0);
    if (response.destroyed) return; // The client did not wait.
    const result = await execute(request, response, pools.get(href) ?? addPool(pools, href));
    if (fault === 'delayed') await sleep(500);
    respond(response, result, fault === 'truncated');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = async () => {
    server.closeAllConnections();
    server.close();
    await Promise.all([...pools.values()].map((pool) => pool.end()));
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/sql`, stop };
}

function addPool(pools: Map<string, pg.Pool>, connectionString: string): pg.Pool {
  const pool = new pg.Pool({ connectionString, max: 20 });
  pool.on('error', () => {}); // PostgreSQL ends idle connections when it stops, and busy ones when it crashes.
  pool.on('connect', (client) => client.on('error', () => {}));
  pools.set(connectionString, pool);
  return pool;
}

/** How many requests each of the faults that pass has failed. */
const failed = { [CLOSED_ONCE]: 0, [OUTAGE]: 0 };

/** Whether the statement is not executed at all. */
function failsRequest(fault: NeonFault): boolean {
  if (fault === CLOSED_ONCE) return failed[fault]++ % 2 === 0;
  if (fault === OUTAGE) return failed[fault]++ % (OUTAGE_REQUESTS + 1) < OUTAGE_REQUESTS;
  return fault !== 'truncated' && fault !== 'delayed' && !Object.hasOwn(wakingTimes, fault);
}

function fail(fault: NeonFault, request: IncomingMessage, response: ServerResponse): void {
  const byName: Record<string, NeonResponse> = { ...refusals, [OUTAGE]: refusals['status-500'] };
  const refusal = byName[fault];
  if (refusal) respond(response, refusal);
  else if (fault !== 'swallowed') request.socket.destroy();
}

function respond(response: ServerResponse, { status, body }: NeonResponse, isTruncated = false): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  response.writeHead(status, { 'Content-Type': typeof body === 'string' ? 'text/html' : 'application/json' });
  // Ends in a string: in Vitest, this is the only sign of a broken connection.
  if (isTruncated) response.write(text.slice(0, text.lastIndexOf('"')), () => response.destroy());
  else response.end(text);
}

/** Runs a statement in a session that is then reset; cancels it if the client hangs up. */
async function execute(request: IncomingMessage, response: ServerResponse, pool: pg.Pool): Promise<NeonResponse> {
  const body = await buffer(request);
  if (body.length > MAX_BYTES) return refusals['status-413'];
  const client = await pool.connect().catch((error: pg.DatabaseError) => error);
  if (client instanceof Error) return refusedConnection(client);
  const pid = Reflect.get(client, 'processID');
  const cancel = () => void pool.query('select pg_cancel_backend($1)', [pid]).catch(() => {});
  response.once('close', cancel);
  const result = await run(client, JSON.parse(body.toString()));
  response.off('close', cancel);
  if (result === refusals['status-507']) cancel();
  client.query('discard all').then(
    () => client.release(),
    () => client.release(true),
  );
  return result;
}

/**
 * Always prepares, so that two statements in one text are refused; parameters are text without a type. The size of the
 * response is checked with each row.
 */
function run(client: pg.PoolClient, { query, params }: { query: string; params: unknown[] }): Promise<NeonResponse> {
  const values = params.map((value) => (value === null || typeof value === 'string' ? value : JSON.stringify(value)));
  const config = { text: query, values, rowMode: 'array', types, queryMode: 'extended' } as const;
  const statement = client.query(new pg.Query<(string | null)[]>(config));
  const rows: (string | null)[][] = [];
  let size = 0;
  return new Promise((resolve) => {
    statement.on('row', (row) => {
      for (const value of row) size += Buffer.byteLength(value ?? '');
      if (size > MAX_BYTES) resolve(refusals['status-507']);
      else rows.push(row);
    });
    statement.on('end', ({ command, rowCount, fields }) =>
      resolve({ status: 200, body: { command, rowCount, fields, rows, rowAsArray: true } }),
    );
    statement.on('error', (error) =>
      resolve(error instanceof pg.DatabaseError ? neonError(400, error.message, error) : refusals['lost-in-statement']),
    );
  });
}
