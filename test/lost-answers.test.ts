import { expect, inject, test } from 'vitest';
import { bindings, call, databaseUrl, freshUser, overNeon } from './support/api.ts';
import type { NeonFault, TcpFault } from './support/faults.ts';

const ways: (NeonFault | TcpFault)[] = overNeon
  ? ['truncated', 'closed', 'status-502']
  : ['truncated', 'reset', 'half-open'];

/** The variables that lead to the database through a fault. */
function through(fault: string) {
  if (overNeon) return { DATABASE_URL: databaseUrl(fault) };
  const url = new URL(bindings.DATABASE_URL ?? '');
  url.port = String(inject('tcpFaults')[fault as TcpFault]);
  return { DATABASE_URL: url.href };
}

test.concurrent.each(ways)(
  'S0 EC2, S1 EC1: a POST with an Idempotency-Key that got 503, the answer of the database lost (%s), makes one task when sent again',
  async (fault) => {
    const user = freshUser();
    const request = { user, body: { title: 'once' }, headers: { 'Idempotency-Key': 'k' } };
    expect((await call('POST /api/tasks', { ...request, env: through(fault) })).status).toBe(503);
    const again = await call('POST /api/tasks', request);
    expect(again).toMatchObject({ status: 201, json: { title: 'once', user_id: user } });
    // Here the first one had been written, and only the answer to it was cut.
    if (overNeon && fault === 'truncated') expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect((await call('GET /api/tasks', { user })).json).toEqual([again.json]);
  },
);
