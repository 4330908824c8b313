import { neonUrl } from '../test/support/neon-host.ts';
import { forkModule, nextMessage } from './children.ts';
import { startFastApi } from './fastapi.ts';
import type { Issuer } from './issuer.ts';
import { startPgBouncer } from './pgbouncer.ts';
import { type Server, startWorkerd, type WorkerdOptions } from './workerd.ts';

/** Who is measured, by the name that the tables give them. */
export type Role =
  | 'ours, HTTP'
  | 'floor, HTTP'
  | 'ours, TCP'
  | 'floor, TCP'
  | 'Node'
  | 'FastAPI'
  | 'ours, key set'
  | 'unverified'
  | 'bare';

export type Servers = Partial<Record<Role, Server>>;

/** Where the Workers find the one PostgreSQL. */
export type Ways = {
  /** A Neon address, whose host exists for `endpoint` alone. */
  neonUrl: string;
  /** `host:port` of what speaks Neon's protocol. */
  endpoint: string;
  /** PgBouncer's address, or PostgreSQL's own. */
  tcpUrl: string;
  pooled: boolean;
};

/** Opens both ways to a PostgreSQL. */
export async function openWays(postgresUrl: string): Promise<Ways> {
  const endpoint = await nextMessage<string>(forkModule('neon.ts', postgresUrl));
  const pooledUrl = await startPgBouncer(postgresUrl);
  const pooled = pooledUrl !== undefined;
  return { neonUrl: neonUrl(postgresUrl), endpoint, tcpUrl: pooledUrl ?? postgresUrl, pooled };
}

/** Starts our Worker and everything that it is compared with, in processes of their own. */
export async function startServers(issuer: Issuer, postgresUrl: string, ways: Ways): Promise<Servers> {
  const fastApi = startFastApi(postgresUrl, issuer.secret);
  const node = startNode(postgresUrl, issuer);
  const workers = Object.entries(workersOf(issuer, ways)).map(async ([role, options]) => {
    return [role, await startWorkerd({ name: role.replace(', ', '-'), ...options })];
  });
  const FastAPI = await fastApi;
  return { ...Object.fromEntries(await Promise.all(workers)), Node: await node, ...(FastAPI && { FastAPI }) };
}

type Worker = Omit<WorkerdOptions, 'name'>;

function workersOf(issuer: Issuer, { neonUrl, endpoint, tcpUrl }: Ways): Partial<Record<Role, Worker>> {
  const ours = oursBindings(issuer, neonUrl);
  const floor = floorBindings(issuer, neonUrl);
  return {
    'ours, HTTP': { bundle: 'ours', bindings: ours, outbound: endpoint },
    'floor, HTTP': { bundle: 'floor', bindings: floor, outbound: endpoint },
    'ours, TCP': { bundle: 'ours', bindings: oursBindings(issuer, tcpUrl) },
    'floor, TCP': { bundle: 'floor', bindings: floorBindings(issuer, tcpUrl) },
    'ours, key set': { bundle: 'ours', bindings: { ...ours, BETTER_AUTH_URL: issuer.url }, outbound: issuer.host },
    unverified: { bundle: 'unverified', bindings: ours, outbound: endpoint },
    bare: { bundle: 'bare', bindings: {} },
  };
}

/** Starts our Worker and the floor, over both ways, with names that can be read and with an inspector. */
export async function startInspected(issuer: Issuer, ways: Ways): Promise<Servers> {
  const roles: Role[] = ['ours, HTTP', 'floor, HTTP', 'ours, TCP', 'floor, TCP'];
  const all = workersOf(issuer, ways);
  const started = roles.map(async (role) => {
    const bundle = role.startsWith('ours') ? 'ours, readable' : 'floor, readable';
    return [
      role,
      await startWorkerd({ ...(all[role] as Worker), name: role.replace(', ', '-'), bundle, inspect: true }),
    ];
  });
  return Object.fromEntries(await Promise.all(started));
}

/** What our Worker is configured with. */
export function oursBindings({ secret }: Issuer, DATABASE_URL: string): Record<string, string> {
  return { DATABASE_URL, BETTER_AUTH_SECRET: secret, ENVIRONMENT: 'production' };
}

/** What the floor is configured with. */
export function floorBindings({ secret, publicKey }: Issuer, DATABASE_URL: string): Record<string, string> {
  return { DATABASE_URL, SECRET: secret, PUBLIC_KEY: JSON.stringify(publicKey) };
}

async function startNode(databaseUrl: string, { secret }: Issuer): Promise<Server> {
  const node = forkModule('peers/node.ts', databaseUrl, secret);
  return { url: await nextMessage<string>(node), pid: node.pid ?? 0 };
}
