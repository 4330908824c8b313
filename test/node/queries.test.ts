import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { generatedFiles } from '../../scripts/generate.ts';
import { readConfig } from '../../src/config.ts';
import { openDatabase } from '../../src/db/client.ts';
import { db, query } from '../../src/db/query-builder.ts';
import { tasks } from '../../src/db/schema.ts';
import * as compiledQueries from '../../src/tasks/queries.generated.ts';
import * as queries from '../../src/tasks/queries.ts';

test.each(Object.entries(generatedFiles))('%s is up to date', async (path, generate) => {
  const content = readFileSync(resolve(import.meta.dirname, '../..', path), 'utf8');
  expect(content, `${path} is out of date: run npm run db:generate`).toBe(await generate());
});

describe('every query of tasks is limited to one user [S0 FR-006, S2 FR-002, S2 SC-006, S3 FR-007]', () => {
  const { insertTask, insertTaskOnce, selectOwnership, ...others } = queries;

  test.each(Object.entries(others))('%s has the user in its condition', (_, { sql, params }) => {
    const [, condition] = sql.split(' where ');
    const user = `"tasks"."user_id" = $${params.indexOf('userId') + 1} and `;
    expect(condition?.replace(/^\(+/, '').slice(0, user.length)).toBe(user);
  });

  test('insertTask and insertTaskOnce insert rows of the user', () => {
    expect(insertTask.params[0]).toBe('userId');
    expect(insertTask.sql).toMatch(/^insert into "tasks" \("id", "user_id", .*\) values \(default, \$1, /);
    expect(insertTaskOnce.params[0]).toBe('userId');
    expect(insertTaskOnce.sql).toMatch(/insert into "idempotency_keys" \("user_id", .*\) values \(\$1, /);
    expect(insertTaskOnce.sql).toMatch(
      /insert into "tasks" \(id, user_id, .*\)\s.*\s+select task_id, user_id, .*\s+from claimed /s,
    );
  });

  test('selectOwnership alone finds the tasks of others, and reads only whether they are the user’s', () => {
    expect(selectOwnership.sql).toBe('select "tasks"."user_id" = $1 as "is_own" from "tasks" where "tasks"."id" = $2');
    expect(selectOwnership.params).toEqual(['userId', 'id']);
  });
});

test('a query that is written with a value instead of a placeholder is rejected', () => {
  const write = () => db.select({ id: tasks.id }).from(tasks).where(eq(tasks.id, 1n));
  expect(() => query(write)).toThrow('a query may hold placeholders and SQL, but no values');
});

test('a query is not sent without one of its values, which as null could mean "any"', async () => {
  const values = { userId: 'user_abc123', id: 1n, versions: [1] };
  expect(compiledQueries.deleteTask(values).params).toEqual(values);
  const incomplete: typeof values = JSON.parse('{ "userId": "user_abc123", "id": 1 }');
  const run = openDatabase(
    readConfig({ DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none', BETTER_AUTH_SECRET: 'x'.repeat(32) }),
  );
  await expect(run(compiledQueries.deleteTask(incomplete))).rejects.toThrow('a value of the query is missing');
});
