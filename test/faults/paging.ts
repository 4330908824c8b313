import pg from 'pg';
import type { Statement } from '../../src/db/query.ts';
import type { Position } from '../../src/tasks/cursor.ts';
import { taskRepository } from '../../src/tasks/repository.ts';
import { check } from '../support/checks.ts';
import { query } from './postmaster.ts';
import { createUser, type User } from './users.ts';

const LIMIT = 50;
/** Consecutive pages to average over: whether a page reads one more block depends on where in a block it begins. */
const PAGES = 9;
const INDEX = 'tasks_user_id_newest';

type Plan = Record<string, unknown> & { Plans?: Plan[] };
type Cost = { name: string; blocks: number; plan: Plan };

/** What a page costs PostgreSQL: the first and the last pages of a user with many tasks and of one with few. */
export async function paging(adminUrl: string): Promise<void> {
  await query(adminUrl, 'truncate tasks, idempotency_keys'); // Deleted tasks would leave the oldest ones scattered.
  const users = [await createUser(adminUrl, 1_000_000), await createUser(adminUrl, 1_000)];
  await query(adminUrl, 'vacuum analyze tasks');
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  const costs: Cost[] = [];
  for (const user of users)
    for (const place of ['first', 'last'] as const)
      costs.push(
        await costOf(client, user, `${place} pages of ${user.tasks} tasks`, await startOf(client, user, place)),
      );
  await client.end();
  const blocks = costs.map((cost) => cost.blocks);
  check(
    `a page of ${LIMIT} costs PostgreSQL the same everywhere (±20 %)`,
    Math.max(...blocks) <= 1.2 * Math.min(...blocks),
    costs.map((cost) => `${cost.name}: ${cost.blocks.toFixed(1)} blocks`).join('; '),
  );
  for (const { name, plan } of costs) checkPlan(name, [...nodesOf(plan)]);
}

/** One index scan, bounded by the user and the position, returns the tasks in order. */
function checkPlan(name: string, nodes: Plan[]): void {
  const scans = nodes.filter((node) => String(node['Node Type']).includes('Scan'));
  const condition = String(scans[0]?.['Index Cond']);
  const isBounded = condition.includes('user_id') && /ROW\(.*created_at, .*id\) < ROW/.test(condition);
  const isIndexAlone = scans.length === 1 && scans[0]?.['Index Name'] === INDEX && !scans[0].Filter;
  const types = nodes.map((node) => node['Node Type']).join(' > ');
  check(
    `${name}: the index alone finds the tasks, without a sort`,
    isBounded && isIndexAlone && !/Sort/.test(types),
    types,
  );
}

async function costOf(client: pg.Client, user: User, name: string, start: Position | undefined): Promise<Cost> {
  const plans: Plan[] = [];
  for (let after = start; plans.length < PAGES; ) {
    const { sql, params, next } = await readPage(client, user, after);
    const { rows } = await client.query(`explain (analyze, buffers, format json) ${sql}`, params);
    plans.push(rows[0]['QUERY PLAN'][0].Plan);
    after = next;
  }
  const blocks = plans.map((plan) => Number(plan['Shared Hit Blocks']) + Number(plan['Shared Read Blocks']));
  return { name, blocks: blocks.reduce((sum, count) => sum + count) / PAGES, plan: plans[0] as Plan };
}

/** @returns the statement that the repository sends, and where the next page begins. */
async function readPage(client: pg.Client, user: User, after: Position | undefined) {
  const statements: Statement<unknown>[] = [];
  const run = async <Row>(statement: Statement<Row>): Promise<Row[]> => {
    statements.push(statement);
    const types = { getTypeParser: () => (value: unknown) => value };
    const { rows } = await client.query({ text: statement.sql, values: statement.params, rowMode: 'array', types });
    return rows.map(statement.toRow);
  };
  const { next } = await taskRepository(run, user.id, false).page({ limit: LIMIT, after });
  const [statement, ...others] = statements;
  if (!statement || others.length > 0) throw new Error(`a page took ${statements.length} statements`);
  return { ...statement, next };
}

/** The position before the first page that has a cursor, or before the last full pages. */
async function startOf(client: pg.Client, user: User, place: 'first' | 'last'): Promise<Position | undefined> {
  if (place === 'first') return (await readPage(client, user, undefined)).next;
  const { rows } = await client.query(
    `select id, created_at from tasks where user_id = $1 order by created_at, id offset $2 limit 1`,
    [user.id, LIMIT * PAGES],
  );
  return { id: rows[0].id, createdAt: rows[0].created_at.toISOString() };
}

function* nodesOf(plan: Plan): Generator<Plan> {
  yield plan;
  for (const child of plan.Plans ?? []) yield* nodesOf(child);
}
