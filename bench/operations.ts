import { sign } from 'hono/jwt';
import { addUsers, type Database, type User } from './database.ts';
import type { LoadRequest } from './load.ts';

/** A server, and which share of the requests it gets: a slow one needs fewer for the same time. */
export type Server = { name: string; url: string; pid: number; share: number };

/** One kind of request, as it is sent to each server. */
export type Operation = {
  name: string;
  status: number;
  servers: Server[];
  /** One for each user. */
  requests: LoadRequest[];
  /** How many requests a sample has. */
  amount: number;
};

const TOKEN_LIFETIME_SECONDS = 3_600;

/** Creates users and what they send. Lists are read by other users than write. */
export async function createOperations(database: Database, servers: Server[], secret: string): Promise<Operation[]> {
  const readers = await addUsers(database, 'reader', 100, 20);
  const collectors = await addUsers(database, 'collector', 10, 1000);
  const writers = await addUsers(database, 'writer', 200, 20);
  const ofEach = (users: User[], requestOf: (user: User) => LoadRequest) => {
    const withToken = async (user: User) => {
      const { headers, ...request } = requestOf(user);
      return { ...request, headers: { ...headers, Authorization: `Bearer ${await tokenOf(user, secret)}` } };
    };
    return Promise.all(users.map(withToken));
  };
  const list = (): LoadRequest => ({ path: '/api/tasks', method: 'GET' });
  const get = ({ taskId }: User): LoadRequest => ({ path: `/api/tasks/${taskId}`, method: 'GET' });
  const toggle = ({ taskId }: User): LoadRequest => ({ path: `/api/tasks/${taskId}/complete`, method: 'PATCH' });
  const headers = { 'Content-Type': 'application/json' };
  const body = JSON.stringify({ title: 'Buy groceries', description: 'Milk, eggs, bread; ask for the rest' });
  const create = (): LoadRequest => ({ path: '/api/tasks', method: 'POST', headers, body });
  const withoutTcp = servers.filter(({ name }) => !name.endsWith('TCP'));
  return [
    { name: 'list of 20', status: 200, servers, requests: await ofEach(readers, list), amount: 500 },
    { name: 'list of 1,000', status: 200, servers, requests: await ofEach(collectors, list), amount: 60 },
    { name: 'get one', status: 200, servers, requests: await ofEach(readers, get), amount: 500 },
    { name: 'create', status: 201, servers, requests: await ofEach(writers, create), amount: 500 },
    { name: 'toggle', status: 200, servers, requests: await ofEach(writers, toggle), amount: 500 },
    { name: '401 without a token', status: 401, servers: withoutTcp, requests: [list()], amount: 2_000 },
  ];
}

export function tokenOf({ id }: User, secret: string): Promise<string> {
  const exp = Math.floor(Date.now() / 1000) + TOKEN_LIFETIME_SECONDS;
  return sign({ sub: id, email: `${id}@example.com`, exp }, secret, 'HS256');
}
