import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import pg from 'pg';

type Statement = { query: string; params: unknown[] };

/** Values stay as PostgreSQL writes them: `Neon-Raw-Text-Output`. */
const asText = { getTypeParser: () => (value: unknown) => value };

/** Serves Neon's SQL-over-HTTP protocol in front of a PostgreSQL, as far as Neon's driver uses it for single statements. */
export async function startNeonEndpoint(databaseUrl: string): Promise<{ url: string; stop: () => Promise<void> }> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 20 });
  pool.on('error', () => {});
  const server = createServer(async (request, response) => {
    const { status, body } = await answer(request, pool);
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = async () => {
    server.closeAllConnections();
    server.close();
    await pool.end();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/sql`, stop };
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
