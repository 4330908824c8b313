import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { call, createTask, freshUser, SECRET } from './support/api.ts';
import { asksForKey, attack, leaks } from './support/hostile/attack.ts';
import { claimFamilies } from './support/hostile/claims.ts';
import { keyFamilies, LISTENER } from './support/hostile/keys.ts';
import { requestFamilies } from './support/hostile/requests.ts';
import { segmentFamilies } from './support/hostile/segments.ts';
import { collect, createWorld, decode, type Hostile, type World } from './support/hostile/world.ts';
import { NEON_API_HOST } from './support/neon-host.ts';

/** The threats of RFC 8725 and published attacks on JWT libraries, as far as they meet checks of ours. */
const families = { ...keyFamilies, ...segmentFamilies, ...claimFamilies, ...requestFamilies };

let world: World;
let routes: string[];
/** The task that every hostile request tries to reach. */
let task: { id: number };
/** A new issuer for each test, so that none of its keys is cached. */
let issuer = 'https://issuer-0.example.test';
/** What the Worker fetched, the database aside, and what it logged. */
let fetched: string[];
let logged: string[];

const jwksUrl = () => `${issuer}/api/auth/jwks`;

beforeAll(async () => {
  world = await createWorld(freshUser('victim'), SECRET);
  task = await createTask(world.user, { title: 'untouched' });
  routes = ['/api/tasks', `/api/${world.user}/tasks`].flatMap((tasks) => [
    ...['GET', 'HEAD', 'POST'].map((method) => `${method} ${tasks}`),
    ...['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE'].map((method) => `${method} ${tasks}/${task.id}`),
    `PATCH ${tasks}/${task.id}/complete`,
  ]);
});

beforeEach(() => {
  issuer = issuer.replace(/\d+/, (count) => `${Number(count) + 1}`);
  [fetched, logged] = [[], []];
  const realFetch = globalThis.fetch;
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const { url } = new Request(input as Request, init as RequestInit);
    if (new URL(url).hostname === NEON_API_HOST) return realFetch(input, init);
    fetched.push(url);
    if (url === jwksUrl()) return Response.json(world.jwks);
    throw new Error('nothing listens there');
  });
  for (const level of ['log', 'info', 'warn', 'error', 'debug'] as const)
    vi.spyOn(console, level).mockImplementation((...line) => void logged.push(line.map(String).join(' ')));
});

/** Attacks three routes with each of these, all routes with any six in a row, until there are many violations. */
async function findViolations(hostiles: Hostile[]): Promise<string[]> {
  const found: string[] = [];
  for (const [index, hostile] of hostiles.entries()) {
    if (found.length >= 20) break;
    logged = [];
    const env = { BETTER_AUTH_URL: issuer };
    const attacked = routes.filter((_, at) => at % 6 === index % 6);
    const perRoute = await Promise.all(attacked.map((route) => attack(route, hostile, world.user, env)));
    const violations = new Set(perRoute.flat());
    if (logged.some((line) => leaks(line, hostile, world.user))) violations.add('a leak in the log');
    const shown = JSON.stringify(hostile).replaceAll(/\bey[\w-]+/g, (segment) => decode(segment).toString());
    found.push(...[...violations].map((violation) => `${violation} | ${shown.slice(0, 500)}`));
  }
  return found;
}

describe('every route refuses with the right 401, without a leak [S0 US1.2, S1 US1.4, S3 US2.2, S3 EC1]', () => {
  test.each(Object.entries(families))('%s', async (_, family) => {
    const hostiles = await collect(family(world));
    expect(hostiles.length).toBeGreaterThanOrEqual(8);
    const violations = await findViolations(hostiles.filter((hostile) => !asksForKey(hostile)));
    expect({ violations, fetched }).toEqual({ violations: [], fetched: [] });
    expect(await findViolations(hostiles.filter(asksForKey))).toEqual([]);
    expect(fetched.filter((url) => url !== jwksUrl())).toEqual([]);
    expect(fetched.length, 'unknown keys cause one refresh at most').toBeLessThanOrEqual(2);
  });
});

describe('in the same run, the right token opens the API', () => {
  const lures = { jku: `https://${LISTENER}/jwks.json`, x5u: `https://${LISTENER}/x5u` };
  async function expectOpen(token: Promise<string>, user = world.user, scheme = 'Bearer'): Promise<void> {
    const request = { headers: { Authorization: `${scheme} ${await token}` }, env: { BETTER_AUTH_URL: issuer } };
    for (const tasks of ['/api/tasks', `/api/${encodeURIComponent(user)}/tasks`]) {
      expect(await call(`GET ${tasks}`, request)).toMatchObject({ status: 200, text: expect.stringMatching(/^\[/) });
    }
  }

  test('of HS256, for any user, after any spelling of the scheme, and of a session [S1 US1.1]', async () => {
    const { user, hs256, token, claims } = world;
    for (const scheme of ['Bearer', 'bearer', 'BEARER']) await expectOpen(token(hs256, lures), user, scheme);
    for (const sub of ['7', '__proto__', "x' OR '1'='1", 'ünï côdé/😀', '😀'.repeat(255)])
      await expectOpen(token(hs256, { typ: 'JWT' }, { ...claims, sub }), sub);
    const ahead = { exp: claims.exp, iat: claims.iat + 25, nbf: claims.iat + 25 };
    await expectOpen(token(hs256, {}, { user: { id: user }, session: { userId: user }, ...ahead }));
    expect(fetched).toEqual([]);
  });

  test('of each public algorithm, by a published key, at the cost of one fetch [S3 US2.1]', async () => {
    for (const key of [...world.keys, world.second]) {
      await expectOpen(world.token(key));
      await expectOpen(world.token(key, { typ: 'JWT', ...lures }, { ...world.claims, iss: issuer, aud: issuer }));
    }
    expect(fetched).toEqual([jwksUrl()]);
  });
});

test('afterwards the task that all of them tried to reach is as it was, and alone', async () => {
  const tasks = await call('GET /api/tasks', { user: world.user });
  expect(tasks).toMatchObject({ status: 200, json: [{ ...task, title: 'untouched', completed: false }] });
});
