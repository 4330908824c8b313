import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { call, createTask, freshUser, SECRET } from './support/api.ts';
import { attack, differences, namesKey, secretsOf } from './support/hostile/attack.ts';
import { by, generateKey, headerOf, mac, publicKeyAlgs, seal } from './support/hostile/forge.ts';
import { LISTENER } from './support/hostile/keys.ts';
import { resignedToken } from './support/hostile/rsa.ts';
import { paddedToken } from './support/hostile/rsa-padding.ts';
import type { Hostile, World } from './support/hostile/types.ts';
import { createWorld } from './support/hostile/world.ts';
import { families } from './support/hostile-tokens.ts';
import { NEON_API_HOST } from './support/neon-host.ts';

let world: World;
/** The task that every hostile request is after. */
let prey: { id: number };
const tokens = new Map<string, Hostile[]>();

/** Every address that the Worker fetched, but for the database's. */
let fetched: string[] = [];
/** Every line that the Worker logged. */
let logged: string[] = [];

/** What the issuer publishes. */
let keySet: World['keySet'];
/** How often the key set was fetched for each family. */
const fetches: Record<string, number> = {};

/** A fresh issuer for each test, so that each begins with no key in the cache. */
let issuer = '';
let issuers = 0;

beforeAll(async () => {
  world = await createWorld(freshUser('prey'), SECRET);
  for (const [name, make] of Object.entries(families)) tokens.set(name, await make(world));
  prey = await createTask(world.user, { title: 'untouched' });
}, 60_000);

beforeEach(() => {
  issuer = `https://issuer-${++issuers}.example.test`;
  keySet = world.keySet;
  fetched = [];
  logged = [];
  const realFetch = globalThis.fetch;
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const url = new Request(input as Request, init as RequestInit).url;
    if (new URL(url).hostname === NEON_API_HOST) return realFetch(input, init);
    fetched.push(url);
    if (url === keySetOf(issuer)) return Response.json(keySet);
    throw new Error('nothing listens there');
  });
  for (const level of ['log', 'info', 'warn', 'error', 'debug'] as const)
    vi.spyOn(console, level).mockImplementation((...words) => void logged.push(words.map(String).join(' ')));
});

afterEach(() => {
  vi.restoreAllMocks();
});

const keySetOf = (base: string) => `${base}/api/auth/jwks`;

/** Each method of the API, at both of its addresses. */
function everyRoute(): string[] {
  return ['/api/tasks', `/api/${world.user}/tasks`].flatMap((tasks) => [
    ...['GET', 'HEAD', 'POST'].map((method) => `${method} ${tasks}`),
    ...['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE'].map((method) => `${method} ${tasks}/${prey.id}`),
    `PATCH ${tasks}/${prey.id}/complete`,
  ]);
}

/** Everything about the answers to one hostile request that is not as the contract has it. */
async function faultsOf(hostile: Hostile): Promise<string[]> {
  logged = [];
  const perRoute = everyRoute().map(async (route) =>
    differences(hostile, world.user, route, await attack(route, hostile, { BETTER_AUTH_URL: issuer })),
  );
  const faults = (await Promise.all(perRoute)).flat();
  const secrets = secretsOf(hostile, world.user);
  if (logged.some((line) => secrets.some((secret) => line.includes(secret)))) faults.push('leaks into the log');
  return [...new Set(faults)].map((fault) => `${hostile.name} | ${fault}`);
}

/** Stops after a handful: an open door lets each request hold a connection to the database. */
async function allFaults(hostile: Hostile[]): Promise<string[]> {
  const faults: string[] = [];
  for (const token of hostile) if (faults.length < 20) faults.push(...(await faultsOf(token)));
  return faults;
}

describe('S0 US1.2, S1 US1.4, S3 US2.2, S3 EC1: each of these gets 401 from every method, at both addresses, and opens nothing', () => {
  test.each(Object.keys(families))('%s', async (family) => {
    const all = tokens.get(family) ?? [];
    const faults = await allFaults(all.filter((token) => !namesKey(token)));
    const fetchedForNothing = [...fetched];
    faults.push(...(await allFaults(all.filter(namesKey))));
    fetches[family] = fetched.length;
    const fetchedElsewhere = fetched.filter((url) => url !== keySetOf(issuer));
    expect({ faults, fetchedForNothing, fetchedElsewhere }).toEqual({
      faults: [],
      fetchedForNothing: [],
      fetchedElsewhere: [],
    });
    expect(fetched.length, 'unknown keys cause one refresh at most').toBeLessThanOrEqual(2);
  });
});

describe('in the same run, right tokens open the API', () => {
  const opens = async (authorization: string, user = world.user) => {
    for (const tasks of ['/api/tasks', `/api/${encodeURIComponent(user)}/tasks`]) {
      const env = { BETTER_AUTH_URL: issuer };
      const { status, text } = await call(`GET ${tasks}`, { headers: { Authorization: authorization }, env });
      expect({ status, text }).toEqual({ status: 200, text: expect.stringMatching(/^\[/) });
    }
  };
  const bySecret = (payload: object, header: object = {}) => seal({ alg: 'HS256', ...header }, payload, mac(SECRET));

  test.each([
    'a',
    '7',
    'null',
    '__proto__',
    'constructor',
    "x' OR '1'='1",
    'ünï côdé/😀',
    '😀'.repeat(255),
    'u'.repeat(255),
    'KAVLODdFppSE0PZUE9yl69vXJMfJYzO1',
  ])('HS256, for the user %s', async (sub) => {
    await opens(`Bearer ${await bySecret({ ...world.claims, sub })}`, sub);
    expect(fetched).toEqual([]);
  });

  test.each(['Bearer', 'bearer', 'BEARER', 'bEaReR'])('S1 US1.1: HS256, the scheme written %s', async (scheme) => {
    await opens(`${scheme} ${await bySecret(world.claims, { typ: 'JWT' })}`);
  });

  test("HS256, Better Auth's session token", async () => {
    const { sub: id, ...times } = world.claims;
    await opens(`Bearer ${await bySecret({ user: { id, name: 'Alice' }, session: { userId: id }, ...times })}`);
  });

  test('a token whose issuer is 25 s ahead of us', async () => {
    const ahead = Math.floor(Date.now() / 1000) + 25;
    await opens(`Bearer ${await bySecret({ ...world.claims, iat: ahead, nbf: ahead })}`);
  });

  test.each(publicKeyAlgs)('S3 US2.1: %s by a key of the issuer, at the cost of one fetch', async (alg) => {
    await opens(`Bearer ${await seal(headerOf(world.keys[alg]), world.claims, by(world.keys[alg]))}`);
    await opens(
      `Bearer ${await seal({ ...headerOf(world.keys[alg]), typ: 'JWT' }, world.claims, by(world.keys[alg]))}`,
    );
    expect(fetched).toEqual([keySetOf(issuer)]);
  });

  test('EdDSA under its newer name, in the token too', async () => {
    const { EdDSA } = world.keys;
    await opens(`Bearer ${await seal({ alg: 'Ed25519', kid: EdDSA.kid }, world.claims, by(EdDSA))}`);
  });

  test.each([
    ["published with the algorithm's newer name", { alg: 'Ed25519' }],
    ['published without an algorithm', { alg: undefined }],
  ])('EdDSA by a key %s', async (_, members) => {
    const key = await generateKey('EdDSA', 'named-otherwise');
    keySet = { keys: [JSON.parse(JSON.stringify({ ...key.jwk, ...members }))] };
    await opens(`Bearer ${await seal(headerOf(key), world.claims, by(key))}`);
  });

  test("the forgers' own RSA, used rightly, is as good as the library's", async () => {
    await opens(`Bearer ${await paddedToken(world)}`);
    await opens(`Bearer ${await resignedToken(world, 0, 0)}`);
  });

  test('a right token that points elsewhere for its key makes nobody ask there', async () => {
    const lures = { jku: `https://${LISTENER}/jwks.json`, x5u: `https://${LISTENER}/x5u` };
    await opens(`Bearer ${await bySecret(world.claims, lures)}`);
    await opens(`Bearer ${await seal({ ...headerOf(world.second), ...lures }, world.claims, by(world.second))}`);
    expect(fetched).toEqual([keySetOf(issuer)]);
  });
});

describe('afterwards', () => {
  test('the task that all of them were after is as it was, and alone', async () => {
    const { json } = await call('GET /api/tasks', { user: world.user });
    expect(json.map(({ title }: { title: string }) => title)).toEqual(['untouched']);
    expect(json).toEqual([prey]);
  });

  test('all families took part, with hundreds of tokens', () => {
    const counts = Object.keys(families).map((family) => tokens.get(family)?.length ?? 0);
    expect(Object.keys(fetches)).toEqual(Object.keys(families));
    expect(Math.min(...counts)).toBeGreaterThanOrEqual(10);
    expect(counts.reduce((sum, count) => sum + count)).toBeGreaterThanOrEqual(1500);
  });
});

afterAll(() => {
  const routes = everyRoute().length;
  for (const [family, made] of tokens)
    console.log(`${made.length} tokens × ${routes} requests, ${fetches[family]} fetches of the key set: ${family}`);
});
