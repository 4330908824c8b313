import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import pg from 'pg';
import { CLOSED_ONCE, type NeonFault, neonFaults } from './faults.ts';

/** `Neon-Raw-Text-Output`: every value as PostgreSQL's text. */
const types = { getTypeParser: () => (value: unknown) => value };

/** Serves Neon's SQL-over-HTTP protocol in front of a PostgreSQL, as far as Neon's driver uses it. */
export async function startNeonEndpoint(postgres: URL): Promise<{ url: string; stop: () => Promise<void> }> {
  const pools = new Map<string, pg.Pool>();
  const server = createServer(async (request, response) => {
    const url = new URL(String(request.headers['neon-connection-string']));
    const fault = neonFaults.find((name) => url.pathname === `/${name}`);
    if (fault && failsRequest(fault)) return fail(fault, request, response);
    const { href } = Object.assign(url, { host: postgres.host, pathname: fault ? postgres.pathname : url.pathname });
    const { status, body } = await execute(request, pools.get(href) ?? addPool(pools, href));
    if (fault === 'delayed') await new Promise((resolve) => setTimeout(resolve, 500));
    const text = JSON.stringify(body);
    response.writeHead(status, { 'Content-Type': 'application/json' });
    response.end(fault === 'truncated' ? text.slice(0, text.length / 2) : text);
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
  pool.on('error', () => {}); // PostgreSQL ends idle connections when it stops.
  pools.set(connectionString, pool);
  return pool;
}

let isClosed = false;

/** Whether the statement is not executed at all. */
function failsRequest(fault: NeonFault): boolean {
  if (fault === CLOSED_ONCE) isClosed = !isClosed;
  return fault === CLOSED_ONCE ? isClosed : fault !== 'truncated' && fault !== 'delayed';
}

function fail(fault: NeonFault, request: IncomingMessage, response: ServerResponse): void {
  if (fault === 'status-500') response.writeHead(500).end('{"message":"Control plane request failed"}');
  else if (fault === 'status-502') response.writeHead(502).end('Bad Gateway');
  else if (fault === 'html') response.writeHead(200, { 'Content-Type': 'text/html' }).end('<html>maintenance</html>');
  else if (fault !== 'swallowed') request.socket.destroy();
}

async function execute(request: IncomingMessage, pool: pg.Pool): Promise<{ status: number; body: object }> {
  const { query, params } = (await json(request)) as { query: string; params: unknown[] };
  try {
    const result = await pool.query({ text: query, values: params, rowMode: 'array', types });
    const { command, rowCount, fields, rows } = result;
    return { status: 200, body: { command, rowCount, fields, rows, rowAsArray: true } };
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) return { status: 500, body: { message: 'Control plane request failed' } };
    const code = error.code?.startsWith('28') ? '' : error.code; // Neon reports a refused login without a code.
    return { status: 400, body: { message: error.message, code } };
  }
}
