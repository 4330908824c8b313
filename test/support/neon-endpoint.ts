import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import pg from 'pg';
import { CLOSED_ONCE, type NeonFault, neonFaults, OUTAGE, OUTAGE_REQUESTS } from './faults.ts';
import { isRefusal, MAX_BYTES, type NeonResponse, neonError, refusals, refusedConnection } from './neon-errors.ts';

/** `Neon-Raw-Text-Output`: every value as PostgreSQL's text. */
const types = { getTypeParser: () => (value: unknown) => value };

/** Serves Neon's SQL-over-HTTP protocol in front of a PostgreSQL, as Neon's proxy does for one statement per request. */
export async function startNeonEndpoint(postgres: URL): Promise<{ url: string; stop: () => Promise<void> }> {
  const pools = new Map<string, pg.Pool>();
  const server = createServer(async (request, response) => {
    const { username, password, pathname } = new URL(String(request.headers['neon-connection-string']));
    const fault = neonFaults.find((name) => pathname === `/${name}`);
    if (fault && failsRequest(fault)) return fail(fault, request, response);
    const login = { username, password, pathname: fault ? postgres.pathname : pathname, search: '' };
    const { href } = Object.assign(new URL(postgres), login);
    const result = await execute(request, response, pools.get(href) ?? addPool(pools, href));
    if (fault === 'delayed') await new Promise((resolve) => setTimeout(resolve, 500));
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
  return fault !== 'truncated' && fault !== 'delayed';
}

function fail(fault: NeonFault, request: IncomingMessage, response: ServerResponse): void {
  if (fault === OUTAGE) respond(response, refusals['status-500']);
  else if (isRefusal(fault)) respond(response, refusals[fault]);
  else if (fault !== 'swallowed') request.socket.destroy();
}

function respond(response: ServerResponse, { status, body }: NeonResponse, isTruncated = false): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  response.writeHead(status, { 'Content-Type': typeof body === 'string' ? 'text/html' : 'application/json' });
  response.end(isTruncated ? text.slice(0, text.length / 2) : text);
}

/** Runs a statement in a session that is then reset; cancels it where the client hangs up. */
async function execute(request: IncomingMessage, response: ServerResponse, pool: pg.Pool): Promise<NeonResponse> {
  const body = await buffer(request);
  if (body.length > MAX_BYTES) return refusals['status-413'];
  const client = await pool.connect().catch((error: pg.DatabaseError) => error);
  if (client instanceof Error) return refusedConnection(client);
  const cancel = () => void pool.query('select pg_cancel_backend($1)', [backendOf(client)]).catch(() => {});
  response.once('close', cancel);
  const result = await run(client, JSON.parse(body.toString()));
  response.off('close', cancel);
  client.query('discard all').then(
    () => client.release(),
    () => client.release(true),
  );
  return result;
}

function backendOf(client: pg.PoolClient): unknown {
  return Reflect.get(client, 'processID');
}

/** Always prepares, so that two statements in one text are refused; parameters are text without a type. */
async function run(
  client: pg.PoolClient,
  { query, params }: { query: string; params: unknown[] },
): Promise<NeonResponse> {
  const values = params.map((value) => (value === null || typeof value === 'string' ? value : JSON.stringify(value)));
  const config = { text: query, values, rowMode: 'array', types, queryMode: 'extended' } as const;
  try {
    const { command, rowCount, fields, rows } = await client.query(config);
    const body = { command, rowCount, fields, rows, rowAsArray: true };
    return JSON.stringify(rows).length > MAX_BYTES ? refusals['status-507'] : { status: 200, body };
  } catch (error) {
    if (error instanceof pg.DatabaseError) return neonError(400, error.message, error);
    return refusals['lost-in-statement'];
  }
}
