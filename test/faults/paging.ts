import type pg from 'pg';
import { withDatabase } from '../../scripts/database.ts';
import type { Statement } from '../../src/db/query.ts';
import type { Position } from '../../src/tasks/cursor.ts';
import { taskRepository } from '../../src/tasks/repository.ts';
import { check } from '../support/checks.ts';
import { query, storeTasks } from './postmaster.ts';

const FEW = 1_000;
const LIMIT = 50;
/** Consecutive pages to average over: whether a page reads one more block depends on where in a block it begins. */
const PAGES = 9;

/**
 * What a page costs PostgreSQL: the first and the last pages of a user with many tasks and of one with few.
 *
 * @param many the index of 200,000 has three levels, as that of two million; that of few has two.
 */
export async function paging(adminUrl: string, many: number): Promise<void> {
  await query(adminUrl, 'truncate tasks, idempotency_keys'); // Deleted tasks would leave the oldest ones scattered.
  for (const tasks of [many, FEW]) await storeTasks(adminUrl, `${tasks} tasks`, tasks);
  await query(adminUrl, 'vacuum analyze tasks');
  const costs: [name: string, blocks: number][] = [];
  await withDatabase(adminUrl, async (client) => {
    for (const user of [`${many} tasks`, `${FEW} tasks`])
      for (const [place, start] of Object.entries(await startsOf(client, user))) {
        const name = `${place} pages of ${user}`;
        const plans = await explainPages(client, user, start);
        const other = plans.find((plan) => !usesIndexAlone(plan));
        check(`${name}: the index alone finds the tasks, in order`, !other, other ?? `${plans.length} plans`);
        costs.push([name, plans.reduce((sum, plan) => sum + blocksOf(plan), 0) / PAGES]);
      }
  });
  const blocks = costs.map(([, average]) => average);
  check(
    `a page of ${LIMIT} costs PostgreSQL the same everywhere (±20 %)`,
    Math.max(...blocks) <= 1.2 * Math.min(...blocks),
    costs.map(([name, average]) => `${name}: ${average.toFixed(1)} blocks`).join('; '),
  );
}

/** The user and the position bound one index scan, and nothing is sorted or filtered after it. */
function usesIndexAlone(plan: string): boolean {
  const scan = /Index Scan using tasks_user_id_newest .*\n *Index Cond: .*user_id.*ROW\(created_at, id\) < ROW/;
  return scan.test(plan) && plan.match(/ Scan /g)?.length === 1 && !/Sort|Filter/.test(plan);
}

/** The first line of buffers has the totals. */
function blocksOf(plan: string): number {
  const buffers = /Buffers: shared.*/.exec(plan)?.[0] ?? '';
  return [...buffers.matchAll(/(?:hit|read)=(\d+)/g)].reduce((sum, [, blocks]) => sum + Number(blocks), 0);
}

async function explainPages(client: pg.Client, user: string, start: Position | undefined): Promise<string[]> {
  const plans: string[] = [];
  for (let after = start; plans.length < PAGES; ) {
    const { sql, params, next } = await readPage(client, user, after);
    const { rows } = await client.query(`explain (analyze, buffers) ${sql}`, params);
    plans.push(rows.map((row) => row['QUERY PLAN']).join('\n'));
    after = next;
  }
  return plans;
}

/** @returns the statement that the repository sends, and where the next page begins. */
async function readPage(client: pg.Client, user: string, after: Position | undefined) {
  const statements: Statement<unknown>[] = [];
  const types = { getTypeParser: () => (value: unknown) => value };
  const run = async <Row>(statement: Statement<Row>): Promise<Row[]> => {
    statements.push(statement);
    const { sql, params, toRow } = statement;
    const { rows } = await client.query({ text: sql, values: Object.values(params), rowMode: 'array', types });
    return rows.map(toRow);
  };
  const { next } = await taskRepository(run, user, false).page({ limit: LIMIT, after });
  const [statement, ...others] = statements;
  if (!statement || others.length > 0) throw new Error(`a page took ${statements.length} statements`);
  return { sql: statement.sql, params: Object.values(statement.params), next };
}

/** @returns the positions before the first page that has a cursor, and before the last full pages. */
async function startsOf(client: pg.Client, user: string) {
  const { rows } = await client.query(
    `select id, created_at from tasks where user_id = $1 order by created_at, id offset $2 limit 1`,
    [user, LIMIT * PAGES],
  );
  const last: Position = { id: rows[0].id, createdAt: rows[0].created_at.toISOString() };
  return { first: (await readPage(client, user, undefined)).next, last };
}
