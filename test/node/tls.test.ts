import { randomBytes } from 'node:crypto';
import { sign } from 'hono/jwt';
import { expect, inject, onTestFinished, test } from 'vitest';
import { PRIVATE_CA } from '../support/faults.ts';
import { privateCa } from '../support/private-ca.ts';
import { startWorkerd } from '../support/workerd.ts';

test('a server whose certificate the runtime trusts is reached over TLS, with short and long responses [S2 FR-011]', async () => {
  const secret = randomBytes(32).toString('hex');
  const database = new URL('?sslmode=require', inject('databaseUrl'));
  database.port = String(inject('tcpFaults')[PRIVATE_CA]);
  const bindings = { DATABASE_URL: database.href, BETTER_AUTH_SECRET: secret };
  const worker = await startWorkerd({ name: 'tls', bindings, trustedCertificate: privateCa.cert });
  onTestFinished(worker.stop);
  const token = await sign({ sub: 'user_tls', exp: Date.now() / 1000 + 3600 }, secret);
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
  const url = `${worker.url}/api/user_tls/tasks`;
  const body = JSON.stringify({ title: 'Buy groceries', description: 'x'.repeat(100_000) });
  const created = await fetch(url, { method: 'POST', headers, body });
  expect(created.status).toBe(201);
  const listed = await fetch(url, { headers });
  expect([listed.status, await listed.json()]).toEqual([200, [await created.json()]]);
});
