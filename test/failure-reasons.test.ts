import { describe, expect, inject, test, vi } from 'vitest';
import { bindings, call, freshUser, overNeon } from './support/api.ts';
import { query } from './support/database.ts';
import { type NeonFault, OUTAGE, type TcpFault } from './support/faults.ts';
import { faultyDatabase, skipPauses, spyOnTimeLimits } from './support/faulty-database.ts';
import { bodyOf, expectFailure } from './support/log.ts';

const MAX_TRIES = 6;

const reads = ['GET /api/tasks', 'GET /api/tasks/1'];
const writes = ['POST /api/tasks', ...['PUT ', 'PATCH ', 'DELETE '].map((method) => `${method}/api/tasks/1`)];
writes.push('PATCH /api/tasks/1/complete');

/** Expects this failure of every request, with one time limit for each, and that writes are tried once. */
async function expectFailures(
  env: object,
  failure: Parameters<typeof expectFailure>[2],
  tries: number,
  countTries: () => number | Promise<number>,
): Promise<void> {
  const timeLimits = spyOnTimeLimits(failure[1] === 'timed out');
  for (const read of reads) await expectFailure(read, env, failure);
  expect(await countTries()).toBe(reads.length * tries);
  for (const write of writes) await expectFailure(write, env, failure);
  expect(await countTries()).toBe(reads.length * tries + writes.length);
  expect(timeLimits.mock.calls).toEqual([...reads, ...writes].map(() => [4000]));
}

describe.runIf(overNeon)('over HTTP', () => {
  test.each<[fault: NeonFault, tries: number, status: number, reason: string, codes?: object]>([
    ['unknown-role', 1, 503, 'password or user refused'],
    ['unknown-endpoint', 1, 503, 'there is no such Neon endpoint'],
    ['disabled', 1, 503, 'the Neon endpoint is disabled'],
    ['address-refused', 1, 503, 'Neon does not allow this address'],
    ['quota', 1, 503, 'the Neon quota is used up', { http_status: 402 }],
    ['status-429', 1, 503, 'Neon limits the rate of requests', { http_status: 429 }],
    ['no-permit', 1, 503, 'too many connections', { http_status: 500 }],
    ['status-525', 1, 503, 'TLS refused', { http_status: 525 }],
    ['status-530', 1, 503, 'host not found', { http_status: 530 }],
    ['html', 1, 503, 'not a response of Neon'],
    ['swallowed', 1, 503, 'timed out'],
    // Vitest makes this status of a connection that is closed.
    ['closed', MAX_TRIES, 503, 'Neon responded with status 500', { http_status: 500 }],
    ['lost-in-statement', 2, 503, 'connection lost'],
    ['truncated', 2, 503, 'connection lost'],
    ['status-413', 1, 500, 'the statement is too large for Neon', { http_status: 413 }],
    ['status-507', 1, 500, 'the response is too large for Neon', { http_status: 507 }],
    ['starting', MAX_TRIES, 503, 'the database is starting or shutting down', { http_status: 500 }],
    ['status-500', MAX_TRIES, 503, 'Neon responded with status 500', { http_status: 500 }],
    ['status-502', MAX_TRIES, 503, 'Neon responded with status 502', { http_status: 502 }],
    ['status-520', MAX_TRIES, 503, 'Neon responded with status 520', { http_status: 520 }],
  ])(
    '%s: a read is tried %i times, every write once: %i, "%s" [S0 EC2, S1 EC1, S1 EC7, S2 EC2, S2 EC5, S2 SC-008, S3 EC2, S3 EC4]',
    async (fault, tries, status, reason, codes = {}) => {
      const pauses = skipPauses();
      const fetch = vi.spyOn(globalThis, 'fetch');
      await expectFailures(faultyDatabase(fault), [status, reason, codes], tries, () => fetch.mock.calls.length);
      expect(pauses).toHaveLength(tries === MAX_TRIES ? reads.length * (MAX_TRIES - 1) : 0);
    },
  );

  test('a read outlives 1.5 seconds in which Neon’s control plane is away', async () => {
    const pauses = skipPauses();
    expect((await call('GET /api/tasks', { user: freshUser(), env: faultyDatabase(OUTAGE) })).status).toBe(200);
    expect(pauses.reduce((sum, pause) => sum + pause, 0)).toBeGreaterThanOrEqual(1500);
  });

  test('requests outlive the 3 seconds in which a compute wakes: their time limit is 4 seconds', async () => {
    const timeLimits = spyOnTimeLimits(false);
    const requests = ['GET /api/tasks', 'POST /api/tasks'].map((request) =>
      call(request, { user: freshUser(), body: bodyOf(request), env: faultyDatabase('waking-3s') }),
    );
    expect((await Promise.all(requests)).map(({ status }) => status)).toEqual([200, 201]);
    expect(timeLimits.mock.calls).toEqual([[4000], [4000]]);
  });

  test('two statements in one text are refused, as Neon refuses them', async () => {
    await expect(query('select 1; select 2')).rejects.toMatchObject({ code: '42601' });
  });
});

describe.skipIf(overNeon)('over TCP', () => {
  const { ports, countsUrl } = inject('countedTcpFaults');
  const countConnections = async (fault: TcpFault) => ((await (await fetch(countsUrl)).json()) as typeof ports)[fault];

  test.each<[TcpFault, number, string]>([
    ['closed', 2, 'connection failed'],
    ['reset', 2, 'connection failed'],
    ['truncated', 2, 'connection failed'],
    ['half-open', 1, 'timed out'],
    ['swallowed', 1, 'timed out'],
    ['private-ca', 1, 'TLS failed: a certificate of a private CA needs Hyperdrive'],
  ])(
    '%s: a read is tried %i times, every write once: 503, "%s" [S0 EC2, S1 EC1, S1 EC7, S2 EC2, S2 EC5, S2 SC-008, S3 EC2, S3 EC4]',
    async (fault, tries, reason) =>
      expectFailures(faultyDatabase(fault, ports), [503, reason, {}], tries, () => countConnections(fault)),
  );

  test.each([...reads, ...writes])('%s, while nothing listens on the port: 503', async (request) => {
    await expectFailure(request, faultyDatabase('refused'), [503, 'connection refused or host not found', {}]);
  });

  test.each(['sslmode=require', 'sslmode=verify-full&sslrootcert=system'])(
    'a server without TLS: 503 with %s',
    async (search) => {
      const env = { DATABASE_URL: `${bindings.DATABASE_URL}?${search}` };
      await expectFailure('GET /api/tasks', env, [503, 'the server does not offer TLS', {}]);
    },
  );

  test('a server that speaks another protocol: 503', async () => {
    const DATABASE_URL = `postgres://u:p@${new URL(countsUrl).host}/x?sslmode=require`;
    await expectFailure('GET /api/tasks', { DATABASE_URL }, [503, 'not a response of PostgreSQL', {}]);
  });

  test('sslrootcert=system names no file: the server is reached', async () => {
    const env = { DATABASE_URL: `${bindings.DATABASE_URL}?sslmode=disable&sslrootcert=system&application_name=x` };
    expect((await call('GET /api/tasks', { user: freshUser(), env })).status).toBe(200);
  });
});
