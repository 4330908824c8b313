import { Buffer } from 'node:buffer';
import { neon } from '@neondatabase/serverless';
import pg from 'pg';
import { type Answer, answerTasks, notAuthenticated, type Query, type Row } from './by-hand.ts';

/**
 * The floor: what a request must cost on this platform, written by hand and with nothing that is not needed. It
 * verifies the token with a cached key, sends one statement through the bare driver, maps the rows, and sends JSON.
 */
type Env = { DATABASE_URL: string; SECRET: string; PUBLIC_KEY: string };

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const userId = await verifiedUser(request.headers.get('Authorization'), env);
    if (userId === undefined) return send(notAuthenticated);
    const { pathname } = new URL(request.url);
    const query = env.DATABASE_URL.includes('.neon.tech') ? overHttp : overTcp;
    return send(
      await answerTasks(request.method, pathname, userId, () => request.text(), query.bind(null, env.DATABASE_URL)),
    );
  },
};

const send = ({ body, ...init }: Answer) => Response.json(body, init);

function overHttp(url: string, ...[statement, values]: Parameters<Query>): Promise<Row[]> {
  return neon(url).query(statement, values) as Promise<unknown> as Promise<Row[]>;
}

/** A client per request: workerd forbids a request to use the socket of another. */
async function overTcp(connectionString: string, ...[statement, values]: Parameters<Query>): Promise<Row[]> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  const { rows } = await client.query<Row>(statement, values);
  client.end().catch(() => {}); // Nobody waits for it.
  return rows;
}

async function verifiedUser(authorization: string | null, env: Env): Promise<string | undefined> {
  const [header = '', payload = '', signature = ''] = authorization?.slice('Bearer '.length).split('.') ?? [];
  if (!signature) return undefined;
  const key = await keyOf(part(header).alg, env);
  const signed = Buffer.from(`${header}.${payload}`);
  if (!(await crypto.subtle.verify(key.algorithm.name, key, Buffer.from(signature, 'base64url'), signed)))
    return undefined;
  const { sub, exp } = part(payload);
  return exp > Date.now() / 1000 ? sub : undefined;
}

const part = (encoded: string) => JSON.parse(Buffer.from(encoded, 'base64url').toString());

const keys = new Map<string, CryptoKey>();

async function keyOf(algorithm: string, env: Env): Promise<CryptoKey> {
  let key = keys.get(algorithm);
  if (!key) {
    const hmac = { name: 'HMAC', hash: 'SHA-256' };
    key = await (algorithm === 'HS256'
      ? crypto.subtle.importKey('raw', Buffer.from(env.SECRET), hmac, false, ['verify'])
      : crypto.subtle.importKey('jwk', JSON.parse(env.PUBLIC_KEY), { name: 'Ed25519' }, false, ['verify']));
    keys.set(algorithm, key);
  }
  return key;
}
