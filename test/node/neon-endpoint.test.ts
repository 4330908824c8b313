import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { startNeonEndpoint } from '../support/neon-endpoint.ts';
import { neonUrl } from '../support/neon-host.ts';
import { startApi } from './api.ts';
import { query } from './database.ts';

const MIB = 1024 * 1024;

let endpoint: Awaited<ReturnType<typeof startNeonEndpoint>>;
beforeAll(async () => {
  endpoint = await startNeonEndpoint(new URL(inject('databaseUrl')));
});
afterAll(() => endpoint.stop());

async function send(sql: string, params: string[] = [], signal?: AbortSignal, url = inject('databaseUrl')) {
  const headers = { 'Neon-Connection-String': url };
  const body = JSON.stringify({ query: sql, params });
  const response = await fetch(endpoint.url, { method: 'POST', headers, body, ...(signal && { signal }) });
  return { status: response.status, json: (await response.json()) as { rows: string[][]; message: string } };
}

const countRows = async (sql: string, param: string) => (await query(inject('databaseUrl'), sql, [param])).length;

const running = (marker: string) =>
  countRows("select from pg_stat_activity where state = 'active' and query like $1", marker);

describe('the stand-in for Neon’s endpoint', () => {
  test('takes a request of 64 MiB, and no larger one', async () => {
    const large = await send('select length($1)', ['x'.repeat(64 * MIB - 100)]);
    expect(large).toMatchObject({ status: 200, json: { rows: [[String(64 * MIB - 100)]] } });
    expect((await send('select length($1)', ['x'.repeat(64 * MIB)])).status).toBe(413);
  });

  test('stops reading rows after 64 MiB, and cancels the statement', async () => {
    const sql = 'select repeat($1, 1000000) as endless, generate_series(1, 1000000000)';
    expect((await send(sql, ['x'])).status).toBe(507);
    await expect.poll(() => running('% as endless,%'), { timeout: 60_000 }).toBe(0);
  });

  test('cancels the statement of a client that hangs up', async () => {
    const controller = new AbortController();
    const response = send('select pg_sleep(3600) as abandoned', [], controller.signal);
    await expect.poll(() => running('%as abandoned'), { timeout: 60_000 }).toBe(1);
    controller.abort();
    await expect(response).rejects.toThrow('aborted');
    await expect.poll(() => running('%as abandoned'), { timeout: 60_000 }).toBe(0);
  });

  test('resets the session, and takes user, password and database of the connection string alone', async () => {
    const url = `${inject('databaseUrl')}?application_name=mine&options=-c%20datestyle%3Dgerman`;
    const show = "select current_setting('datestyle'), current_setting('application_name')";
    const before = await send(show, [], undefined, url);
    await send("set datestyle to 'sql, dmy'", [], undefined, url);
    expect(before.json.rows).toEqual([['ISO, MDY', '']]);
    expect((await send(show, [], undefined, url)).json.rows).toEqual(before.json.rows);
  });
});

describe('while a compute takes 6 seconds to wake', () => {
  test('a write gets 503 after 4 seconds, and is not done later', async () => {
    const user = crypto.randomUUID();
    const waking = new URL('/waking-6s', neonUrl(inject('databaseUrl'))).href;
    const api = await startApi(user, waking, { name: 'waking', outbound: new URL(endpoint.url).host });
    const response = await api.send('POST', '/api/tasks', { title: 'late' });
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '2']);
    await expect.poll(() => api.lines.join()).toContain('{"code":"database_unavailable","reason":"timed out"}');
    await sleep(3_000);
    expect(await countRows('select from tasks where user_id = $1', user)).toBe(0);
  });
});
