import { addUsers, type Database, type User } from './database.ts';
import type { Issuer } from './issuer.ts';
import type { LoadRequest } from './load.ts';
import type { Role, Servers } from './servers.ts';

/** One kind of request, and who gets it: all of them the same bytes. */
export type Operation = { name: string; status: number; requests: LoadRequest[]; servers: Servers };

type Call = { path: string; method?: 'GET' | 'POST' | 'PATCH'; body?: unknown };

const everybody: Role[] = ['ours, HTTP', 'floor, HTTP', 'ours, TCP', 'floor, TCP', 'Node', 'FastAPI'];
/** Where no database is asked, the way to it makes no difference. */
const withoutDatabase: Role[] = ['ours, HTTP', 'floor, HTTP', 'Node', 'FastAPI'];

const task = { title: 'Buy groceries', description: 'Milk, eggs, bread; ask at the counter for the rest' };

type Kind = {
  name: string;
  status: number;
  roles: Role[];
  call: (user: User) => Call;
  users?: User[];
  eddsa?: boolean;
};

/** So many that no Worker remembers the token of one until it comes again (`MOST_TOKENS` in `src/auth.ts`). */
const STRANGERS = 2_500;

/**
 * All operations. Each has one request per user. Users come again with the token that they had, as those of a frontend
 * do, but for strangers, who show what it costs to verify one. The lists that are read belong to other users than the
 * tasks that are made and changed.
 */
export async function makeOperations(database: Database, issuer: Issuer, servers: Servers): Promise<Operation[]> {
  const readers = await addUsers(database, 'reader', 100, 20);
  const hoarders = await addUsers(database, 'hoarder', 10, 1000);
  const writers = await addUsers(database, 'writer', 200, 20);
  const strangers = await addUsers(database, 'stranger', STRANGERS, 1);
  const kinds = kindsOf(readers, hoarders, writers, strangers);
  return Promise.all(kinds.map((kind) => makeOperation(kind, issuer, servers)));
}

async function makeOperation(kind: Kind, issuer: Issuer, servers: Servers): Promise<Operation> {
  const { name, status, roles, call, users, eddsa } = kind;
  const sign = issuer[eddsa ? 'eddsa' : 'hs256'];
  const requests = users
    ? await Promise.all(users.map(async (user) => request(call(user), await sign(user))))
    : [request(call({ id: '', taskId: '' }))];
  return { name, status, requests, servers: serversOf(roles, servers) };
}

function kindsOf(readers: User[], hoarders: User[], writers: User[], strangers: User[]): Kind[] {
  const list = () => ({ path: '/api/tasks' });
  const one = ({ taskId }: User) => ({ path: `/api/tasks/${taskId}` });
  const create = (body: unknown) => () => ({ path: '/api/tasks', method: 'POST' as const, body });
  const toggle = (user: User) => ({ path: `${one(user).path}/complete`, method: 'PATCH' as const });
  const unknown = () => ({ path: '/api/tasks/999999999' });
  const invalid = create({ ...task, title: '' });
  const health = () => ({ path: '/health' });
  const looked: Role[] = ['ours, key set', 'floor, HTTP', 'unverified'];
  return [
    { name: 'list of 20', status: 200, roles: everybody, users: readers, call: list },
    { name: 'list of 1,000', status: 200, roles: everybody, users: hoarders, call: list },
    { name: 'get one', status: 200, roles: everybody, users: readers, call: one },
    { name: 'create', status: 201, roles: everybody, users: writers, call: create(task) },
    { name: 'toggle', status: 200, roles: everybody, users: writers, call: toggle },
    { name: '404, no such task', status: 404, roles: everybody, users: readers, call: unknown },
    { name: '422, empty title', status: 422, roles: [...looked, 'Node', 'FastAPI'], users: strangers, call: invalid },
    { name: '422, EdDSA token', status: 422, roles: looked, users: strangers, call: invalid, eddsa: true },
    { name: '401, no token', status: 401, roles: withoutDatabase, call: list },
    { name: 'health', status: 200, roles: ['ours, HTTP', 'bare'], call: health },
  ];
}

function request({ path, method, body }: Call, token?: string): LoadRequest {
  const headers: Record<string, string> = token ? { Authorization: `Bearer ${token}` } : {};
  if (body === undefined) return { path, headers, ...(method && { method }) };
  return {
    path,
    headers: { ...headers, 'Content-Type': 'application/json' },
    ...(method && { method }),
    body: JSON.stringify(body),
  };
}

/** The one with the key set is ours too, and stands where ours does: it is where strangers go, so that no other forgets its users. */
function serversOf(roles: Role[], servers: Servers): Servers {
  const present = roles.filter((role) => servers[role]);
  return Object.fromEntries(present.map((role) => [role === 'ours, key set' ? 'ours, HTTP' : role, servers[role]]));
}

/**
 * Sends one request of each operation to each of its servers.
 *
 * @throws {Error} where one answers otherwise than it should: it would be measured doing something else.
 */
export async function proveOperations(operations: Operation[]): Promise<void> {
  for (const { name, status, requests, servers } of operations)
    for (const [role, { url }] of Object.entries(servers)) {
      const { path, headers, ...init } = requests[0] as LoadRequest;
      const { Authorization: _, ...withoutToken } = headers; // A build that looked at it would make that look free.
      const answer = await fetch(`${url}${path}`, { ...init, headers: role === 'unverified' ? withoutToken : headers });
      const body = (await answer.json()) as unknown[];
      const tasks = /^list of ([\d,]+)/.exec(name)?.[1]?.replace(',', '');
      if (answer.status !== status || (tasks && body.length !== Number(tasks)))
        throw new Error(`${role}, ${name}: ${answer.status} ${JSON.stringify(body).slice(0, 200)}`);
    }
}
