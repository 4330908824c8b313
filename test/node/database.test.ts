import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest';
import { migrateDatabase } from '../../scripts/database.ts';
import { startPostgres } from '../../scripts/postgres.ts';

describe('the embedded PostgreSQL says in one line', () => {
  const isRoot = process.getuid?.() === 0;
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'taskflow-data-'));
    chmodSync(folder, 0o755);
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test('that its data belong to another user', async () => {
    const data = isRoot ? join(folder, 'postgres') : '/usr';
    if (isRoot) {
      mkdirSync(data);
      writeFileSync(join(data, 'PG_VERSION'), '18\n');
      chownSync(data, 54_321, 54_321);
    }
    const [owner, user] = isRoot ? ['54321', 'postgres'] : ['root', userInfo().username];
    await expect(startPostgres(data)).rejects.toThrow(
      `${data} belongs to the user "${owner}", and PostgreSQL would run as "${user}": give it to that user (chown -R ${user} ${data}), or remove it with all its data`,
    );
  });

  test('that it may not get to its data', async () => {
    chmodSync(folder, isRoot ? 0o750 : 0o555);
    await expect(startPostgres(join(folder, '.data/postgres'))).rejects.toThrow(
      isRoot
        ? `PostgreSQL runs as the user "postgres", who may not enter ${folder}: move this project elsewhere, or run chmod o+x ${folder}`
        : `The user "${userInfo().username}" may not write to ${folder}, where PostgreSQL would keep its data`,
    );
    chmodSync(folder, 0o755);
  });

  test('that its data were made by another major version', async () => {
    const data = join(folder, 'postgres');
    const { stop } = await startPostgres(data);
    await stop();
    writeFileSync(join(data, 'PG_VERSION'), '14\n');
    await expect(startPostgres(data)).rejects.toThrow(
      `${data} was made by PostgreSQL 14, and this one is newer or older: rename the folder, and a new one is made`,
    );
  }, 30_000);

  test('what PostgreSQL itself says, where that is something else', async () => {
    const data = join(folder, 'postgres');
    const { stop } = await startPostgres(data);
    await stop();
    rmSync(join(data, 'global/pg_control'));
    await expect(startPostgres(data)).rejects.toThrow(/^PostgreSQL did not start in \S+: .*pg_control.*$/);
  }, 30_000);
});

describe('a database that cannot be used is named in one line, without its password:', () => {
  const change = (change: object) => Object.assign(new URL(inject('databaseUrl')), change);
  const at = `127.0.0.1:${new URL(inject('databaseUrl')).port}`;

  test.each([
    ['a wrong password', change({ password: 'geheim' }).href, `${at} refuses the user "postgres" with this password`],
    ['no such database', change({ pathname: '/nowhere' }).href, `${at} has no database "nowhere": create it first`],
    [
      'nothing listens',
      'postgres://me:geheim@127.0.0.1:1/x',
      'nothing listens at 127.0.0.1:1: start PostgreSQL there, or correct the address',
    ],
  ])('%s', async (_, url, reason) => {
    const error = await migrateDatabase(url).catch((error: Error) => error.message);
    expect(error).toBe(`The database of DATABASE_URL cannot be used: ${reason}`);
  });

  test.each(['localhost/x', 'mysql://localhost/x'])('%s, which is no connection string', async (url) => {
    await expect(migrateDatabase(url)).rejects.toThrow(
      'DATABASE_URL is not a connection string: it must look like postgresql://user:password@host/database',
    );
  });
});
