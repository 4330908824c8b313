import { createHmac, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import pg from 'pg';
import { answerTasks, notAuthenticated, type Query } from './by-hand.ts';

/** The same API as the floor on plain Node, with a pool of connections that its requests share. */
const [, , connectionString, secret = ''] = process.argv;

const pool = new pg.Pool({ connectionString, max: 20 }).on('error', () => {});

const query: Query = async (statement, values) => (await pool.query(statement, values)).rows;

const server = createServer(async (request, response) => {
  const { status, body, headers } = await answer(request);
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(body));
}).listen(0, '127.0.0.1');
await once(server, 'listening');
process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
process.once('disconnect', () => process.exit());

async function answer(request: IncomingMessage) {
  const userId = verifiedUser(request.headers.authorization);
  if (userId === undefined) return notAuthenticated;
  return answerTasks(request.method ?? '', request.url ?? '', userId, () => text(request), query);
}

function verifiedUser(authorization: string | undefined): string | undefined {
  const [header = '', payload = '', signature = ''] = authorization?.slice('Bearer '.length).split('.') ?? [];
  if (!signature || part(header).alg !== 'HS256') return undefined;
  const expected = createHmac('sha256', secret).update(`${header}.${payload}`).digest();
  const given = Buffer.from(signature, 'base64url');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  const { sub, exp } = part(payload);
  return exp > Date.now() / 1000 ? sub : undefined;
}

function part(encoded: string) {
  return JSON.parse(Buffer.from(encoded, 'base64url').toString());
}
