import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import pg from 'pg';
import { type NeonFault, neonFaults, passing } from './faults.ts';

/** The faults that spoil the answer, and not the request. */
const answersInSpite: NeonFault[] = ['truncated', 'delayed'];

type Statement = { query: string; params: unknown[] };

/** Values stay as PostgreSQL writes them: `Neon-Raw-Text-Output`. */
const asText = { getTypeParser: () => (value: unknown) => value };

/** Serves Neon's SQL-over-HTTP protocol in front of a PostgreSQL, as far as Neon's driver uses it. */
export async function startNeonEndpoint(postgres: URL): Promise<{ url: string; stop: () => Promise<void> }> {
  const pools = new Map<string, pg.Pool>();
  const poolOf = (asked: URL, database: string) => {
    const { href } = Object.assign(new URL(asked), { host: postgres.host, pathname: database });
    const pool = pools.get(href) ?? new pg.Pool({ connectionString: href, max: 20 });
    if (!pools.has(href))
      pools.set(
        href,
        pool.on('error', () => {}),
      );
    return pool;
  };
  let closedOne = false;
  const server = createServer(async (request, response) => {
    const asked = new URL(String(request.headers['neon-connection-string']));
    const fault = neonFaults.find((name) => asked.pathname === `/${name}`);
    if (fault === passing) closedOne = !closedOne;
    if (fault && (fault === passing ? closedOne : !answersInSpite.includes(fault)))
      return spoil(fault, request, response);
    const { status, body } = await answer(request, poolOf(asked, fault ? postgres.pathname : asked.pathname));
    if (fault === 'delayed') await new Promise((done) => setTimeout(done, 500));
    const json = JSON.stringify(body);
    response.writeHead(status, { 'Content-Type': 'application/json' });
    response.end(fault === 'truncated' ? json.slice(0, json.length / 2) : json);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = async () => {
    server.closeAllConnections();
    server.close();
    await Promise.all([...pools.values()].map((pool) => pool.end()));
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/sql`, stop };
}

function spoil(fault: NeonFault, request: IncomingMessage, response: ServerResponse): void {
  if (fault === 'status-500') response.writeHead(500).end('{"message":"Control plane request failed"}');
  else if (fault === 'status-502') response.writeHead(502).end('Bad Gateway');
  else if (fault === 'html') response.writeHead(200, { 'Content-Type': 'text/html' }).end('<html>maintenance</html>');
  else if (fault !== 'swallowed') request.socket.destroy();
}

async function answer(request: IncomingMessage, pool: pg.Pool): Promise<{ status: number; body: unknown }> {
  const { query, params } = JSON.parse(await text(request)) as Statement;
  try {
    const result = await pool.query({ text: query, values: params, rowMode: 'array', types: asText });
    const { command, rowCount, fields, rows } = result;
    return { status: 200, body: { command, rowCount, fields, rows, rowAsArray: true } };
  } catch (error) {
    if (error instanceof pg.DatabaseError) return { status: 400, body: { message: error.message, code: error.code } };
    return { status: 500, body: { message: 'Control plane request failed' } };
  }
}
