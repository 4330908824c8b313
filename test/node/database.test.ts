import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { withDatabase } from '../../scripts/database.ts';
import { startPostgres } from '../../scripts/postgres.ts';
import { createTables } from '../../src/db/migrations.generated.ts';
import { cloneProject, npmRun } from './npm-run.ts';

async function createDatabase(name: string): Promise<string> {
  await withDatabase(inject('databaseUrl'), (client) => client.query(`create database ${name}`));
  return new URL(`/${name}`, inject('databaseUrl')).href;
}

async function query(url: string, sql: string): Promise<unknown[][]> {
  return withDatabase(url, async (client) => (await client.query({ text: sql, rowMode: 'array' })).rows);
}

describe('npm run db:migrate', { timeout: 300_000 }, () => {
  const RECORDED = 'select hash, created_at from drizzle.__drizzle_migrations';

  test('creates the tables, and changes nothing the second time [S1 SC-006, S2 SC-004, S3 FR-005]', async () => {
    const DATABASE_URL = await createDatabase('migrated');
    const expected = { status: 0, output: 'The tables are up to date.\n' };
    expect(await npmRun(['db:migrate'], { DATABASE_URL }).untilExit()).toEqual(expected);
    const recorded = await query(DATABASE_URL, RECORDED);
    expect(await npmRun(['db:migrate'], { DATABASE_URL }).untilExit()).toEqual(expected);
    expect(await query(DATABASE_URL, RECORDED)).toEqual(recorded);
    const columns = "select column_name from information_schema.columns where table_name = 'tasks'";
    expect((await query(DATABASE_URL, columns)).flat().sort()).toEqual([
      'created_at',
      'description',
      'id',
      'is_completed',
      'title',
      'updated_at',
      'user_id',
      'version',
    ]);
  });

  test('finds nothing to do where the Worker has created the tables [S1 FR-016]', async () => {
    const DATABASE_URL = await createDatabase('created_by_worker');
    await query(DATABASE_URL, createTables);
    const recorded = await query(DATABASE_URL, RECORDED);
    expect((await npmRun(['db:migrate'], { DATABASE_URL }).untilExit()).status).toBe(0);
    expect(await query(DATABASE_URL, RECORDED)).toEqual(recorded);
  });

  test('needs a DATABASE_URL', async () => {
    const result = await npmRun(['db:migrate'], { DATABASE_URL: '' }).untilExit();
    expect(result).toEqual({ status: 1, output: 'DATABASE_URL is not set\n' });
  });
});

describe('the embedded PostgreSQL', { timeout: 300_000 }, () => {
  let clone: string;
  beforeAll(() => {
    clone = cloneProject();
  });
  afterAll(() => rmSync(clone, { recursive: true, force: true }));

  test('is opened in Drizzle Studio by npm run db:studio, and stopped with it', async () => {
    const port = await unusedPort();
    const studio = npmRun(['db:studio', '--', '--port', port], {}, clone);
    await studio.until('https://local.drizzle.studio');
    await fetch(`http://127.0.0.1:${port}`);
    await studio.pressControlC();
    expect(existsSync(join(clone, '.data/postgres/postmaster.pid'))).toBe(false);
  });

  test('is refused in its own words if another major version made the data', async () => {
    const data = join(clone, '.data/old');
    await (await startPostgres(data)).stop();
    writeFileSync(join(data, 'PG_VERSION'), '14\n');
    await expect(startPostgres(data)).rejects.toThrow('The data directory was initialized by PostgreSQL version 14');
  });
});

async function unusedPort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return String(port);
}
