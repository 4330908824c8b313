import { readFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { sql } from 'drizzle-orm';
import { customType, pgTable } from 'drizzle-orm/pg-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { buildBundles, bundlePath, bundleSize } from '../../bench/build.ts';
import { queries, writing } from '../../src/db/queries.ts';
import { statement } from '../../src/db/statement.ts';

describe('the Worker as it is deployed', () => {
  let bundle = '';
  beforeAll(async () => {
    await buildBundles('ours');
    bundle = await readFile(bundlePath('ours'), 'utf8');
  }, 60_000);

  test('holds the SQL of every statement, and no Drizzle to write it', () => {
    expect(bundle).toContain('insert into "tasks"');
    expect(bundle).toContain('row_to_json(task)');
    expect(bundle).not.toContain('drizzle:');
  });

  test('loads no module of Node’s before it is used', () => {
    expect(bundle).toContain('process.getBuiltinModule');
    const imported = [...bundle.matchAll(/\bimport\b[^("';]*["']([^"']*)["']/g)].map(([, name = '']) => name);
    expect(imported.filter(isBuiltin)).toEqual([]);
  });

  test('holds of Neon’s driver what goes over HTTP, and not node-postgres, which goes over WebSockets', async () => {
    expect(bundle).toContain('Neon-Connection-String');
    const warning = 'Double encryption'; // Of a client of WebSockets.
    expect(await readFile('node_modules/@neondatabase/serverless/index.mjs', 'utf8')).toContain(warning);
    expect(bundle).not.toContain(warning);
  });

  test('has at most 85 kB, gzip, both drivers included', async () => {
    expect((await bundleSize('ours')).gzip).toBeLessThanOrEqual(85_000);
  });
});

test('a value that Drizzle would give another form is refused when the Worker is built: none is there to do it', () => {
  const shouted = customType<{ data: string }>({ dataType: () => 'text', toDriver: (text) => text.toUpperCase() });
  const table = pgTable('table', { value: shouted() });
  const insert = queries.insert(table).values({ value: sql.placeholder('text') });
  expect(() => writing(insert)).toThrow('text has a type that drivers do not know');
});

test('a statement that lacks a value is not sent: as null it could mean that any version will do', () => {
  const update = statement({ sql: 'update tasks … where version = any($1)', params: [{ name: 'versions' }] });
  expect(() => update({})).toThrow('a statement lacks its versions');
  expect(update({ versions: [1] })).toEqual({
    sql: 'update tasks … where version = any($1)',
    params: [[1]],
    isRead: false,
  });
});
