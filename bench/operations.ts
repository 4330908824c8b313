import type { User } from './database.ts';
import type { Issuer } from './issuer.ts';
import type { LoadRequest } from './load.ts';
import type { Server } from './workerd.ts';

/** What a server is, seen from one operation. */
export type Role = 'ours' | 'unverified' | 'floor' | 'bare';

/** One kind of request, and who gets it: all of them the same bytes. */
export type Operation = {
  name: string;
  status: number;
  requests: LoadRequest[];
  servers: Partial<Record<Role, Server>>;
};

type Servers = Record<Role | 'oursWithKeySet', Server>;

/** Each has one request per user, so that nothing is fast for being the same again. */
export async function makeOperations(users: User[], issuer: Issuer, servers: Servers): Promise<Operation[]> {
  const { ours, oursWithKeySet, unverified, floor, bare } = servers;
  const hs256 = await Promise.all(users.map(issuer.hs256));
  const eddsa = await Promise.all(users.map(issuer.eddsa));
  const get = (path: (user: User) => string, tokens?: string[]): LoadRequest[] =>
    users.map((user, at) => ({
      path: path(user),
      headers: tokens ? { Authorization: `Bearer ${tokens[at]}` } : ({} as Record<string, string>),
    }));
  const list = () => '/api/tasks';
  const refused = () => '/api/tasks/abc';
  return [
    { name: 'list of 20', status: 200, requests: get(list, hs256), servers: { ours, floor } },
    {
      name: 'get one',
      status: 200,
      requests: get(({ taskId }) => `/api/tasks/${taskId}`, hs256),
      servers: { ours, floor },
    },
    { name: '401, no token', status: 401, requests: get(list), servers: { ours, floor } },
    { name: '422, HS256', status: 422, requests: get(refused, hs256), servers: { ours, unverified, floor } },
    {
      name: '422, EdDSA',
      status: 422,
      requests: get(refused, eddsa),
      servers: { ours: oursWithKeySet, unverified, floor },
    },
    { name: 'health', status: 200, requests: get(() => '/health'), servers: { ours, bare } },
  ];
}
