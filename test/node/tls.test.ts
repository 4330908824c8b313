import { expect, inject, test } from 'vitest';
import { PRIVATE_CA } from '../support/faults.ts';
import { privateCa } from '../support/private-ca.ts';
import { startApi } from './api.ts';

test('a server whose certificate the runtime trusts is reached over TLS, with short and long responses [S2 FR-011]', async () => {
  const database = new URL('?sslmode=require', inject('databaseUrl'));
  database.port = String(inject('tcpFaults')[PRIVATE_CA]);
  const options = { name: 'tls', trustedCertificate: privateCa.cert };
  const { send } = await startApi('user_tls', database.href, options);
  const tasks = '/api/user_tls/tasks';
  const created = await send('POST', tasks, { title: 'Buy groceries', description: 'x'.repeat(100_000) });
  expect(created.status).toBe(201);
  expect(await send('GET', tasks)).toMatchObject({ status: 200, json: [created.json] });
});
