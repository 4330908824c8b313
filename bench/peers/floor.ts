import { Buffer } from 'node:buffer';
import { neon } from '@neondatabase/serverless';
import pg from 'pg';

type Env = { DATABASE_URL: string; BETTER_AUTH_SECRET: string };

type Row = Record<string, unknown>;

const columns = 'id, user_id, title, description, is_completed, created_at, updated_at';

/** What a request costs on this platform: bare drivers, parsed rows, no framework, no validation, no log. */
export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const userId = await verifiedUser(request.headers.get('Authorization'), env.BETTER_AUTH_SECRET);
    if (userId === undefined) {
      const headers = { 'WWW-Authenticate': 'Bearer' };
      return Response.json({ detail: 'Not authenticated', code: 'not_authenticated' }, { status: 401, headers });
    }
    const [, , , id] = new URL(request.url).pathname.split('/');
    if (id !== undefined) return getOrToggle(request.method === 'PATCH', userId, id, env);
    return request.method === 'POST' ? create(await request.text(), userId, env) : list(userId, env);
  },
};

async function list(userId: string, env: Env): Promise<Response> {
  const statement = `select ${columns} from tasks where user_id = $1 order by created_at desc, id desc`;
  return Response.json((await query(env, statement, [userId])).map(toTask));
}

async function getOrToggle(isToggle: boolean, userId: string, id: string, env: Env): Promise<Response> {
  const statement = isToggle
    ? `update tasks set is_completed = not is_completed, version = version + 1, updated_at = now()
      where user_id = $1 and id = $2 returning ${columns}`
    : `select ${columns} from tasks where user_id = $1 and id = $2`;
  const [row] = await query(env, statement, [userId, id]);
  return row ? Response.json(toTask(row)) : Response.json({ detail: 'Task not found' }, { status: 404 });
}

async function create(body: string, userId: string, env: Env): Promise<Response> {
  const { title, description = null } = JSON.parse(body);
  const statement = `insert into tasks (user_id, title, description) values ($1, $2, $3) returning ${columns}`;
  const [row = {}] = await query(env, statement, [userId, title, description]);
  return Response.json(toTask(row), { status: 201, headers: { Location: `/api/tasks/${row.id}` } });
}

function toTask({ id, user_id, title, description, is_completed, created_at, updated_at }: Row) {
  const completed = is_completed;
  return { id: Number(id), user_id, title, description, completed, is_completed, created_at, updated_at };
}

/** Over TCP, connects for each request: workerd forbids a request to use the socket of another. */
async function query({ DATABASE_URL }: Env, statement: string, values: unknown[]): Promise<Row[]> {
  if (DATABASE_URL.includes('.neon.tech')) return neon(DATABASE_URL).query(statement, values);
  const client = new pg.Client({ connectionString: DATABASE_URL });
  await client.connect();
  const { rows } = await client.query(statement, values);
  client.end().catch(() => {});
  return rows;
}

async function verifiedUser(authorization: string | null, secret: string): Promise<string | undefined> {
  const [header = '', payload = '', signature = ''] = authorization?.slice('Bearer '.length).split('.') ?? [];
  if (!signature || decode(header).alg !== 'HS256') return undefined;
  const signed = Buffer.from(`${header}.${payload}`);
  const bytes = Buffer.from(signature, 'base64url');
  if (!(await crypto.subtle.verify('HMAC', await verificationKey(secret), bytes, signed))) return undefined;
  const { sub, exp } = decode(payload);
  return exp > Date.now() / 1000 ? sub : undefined;
}

const decode = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString());

let cachedKey: CryptoKey | undefined;

async function verificationKey(secret: string): Promise<CryptoKey> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  cachedKey ??= await crypto.subtle.importKey('raw', Buffer.from(secret), algorithm, false, ['verify']);
  return cachedKey;
}
