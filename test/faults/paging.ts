import pg from 'pg';
import type { BoundStatement } from '../../src/db/statement.ts';
import type { Position } from '../../src/tasks/list-query.ts';
import { taskRepository } from '../../src/tasks/repository.ts';
import { check } from './checks.ts';
import { query } from './postmaster.ts';
import { median } from './statistics.ts';
import { createUser } from './users.ts';

const PAGE = 50;
/** Pages looked at in each place: whether one more block is touched depends on where in a block a page begins. */
const PAGES = 9;
const INDEX = 'tasks_user_id_newest';

type Plan = Record<string, unknown> & { Plans?: Plan[] };
type Cost = { name: string; blocks: number; milliseconds: number; plan: Plan };

/** What a page costs PostgreSQL, for a user with a million tasks and for one with a thousand. */
export async function paging(adminUrl: string): Promise<void> {
  await query(adminUrl, 'truncate tasks, idempotency_keys'); // Holes that others left would scatter the oldest tasks.
  const users = [await createUser(adminUrl, 1_000_000), await createUser(adminUrl, 1_000)];
  await query(adminUrl, 'vacuum analyze tasks');
  const client = new pg.Client({ connectionString: adminUrl, query_timeout: 30_000 });
  await client.connect();
  const costs: Cost[] = [];
  for (const { id, tasks } of users) {
    costs.push(await costOf(client, id, `${tasks} tasks, first cursors`, await firstOf(client, id)));
    costs.push(await costOf(client, id, `${tasks} tasks, last cursors`, await lastOf(client, id)));
  }
  await client.end();
  const blocks = costs.map((cost) => cost.blocks);
  check(
    `a page of ${PAGE} costs PostgreSQL the same (±20 %)`,
    Math.max(...blocks) <= 1.2 * Math.min(...blocks),
    costs.map((it) => `${it.name}: ${it.blocks.toFixed(2)} blocks, ${it.milliseconds.toFixed(2)} ms`).join('; '),
  );
  for (const { name, plan } of costs) judge(name, [...nodesOf(plan)]);
}

/** One scan finds the tasks of the page, and the one that shows whether there are more. */
function judge(name: string, nodes: Plan[]): void {
  const [scan, ...others] = nodes.filter((node) => String(node['Node Type']).includes('Scan') && node['Relation Name']);
  const condition = String(scan?.['Index Cond']);
  const byPosition = condition.includes('user_id') && /ROW\(.*created_at, .*id\) < ROW/.test(condition);
  const alone = scan?.['Index Name'] === INDEX && byPosition && !scan.Filter && others.length === 0;
  const types = nodes.map((node) => node['Node Type']).join(' > ');
  check(`${name}: the index alone finds the page`, alone, types);
  check(`${name}: nothing is sorted`, !/\bSort\b/.test(types), types);
}

/** The statement is the repository's own: it is recorded on its way to the database, and explained. */
async function costOf(client: pg.Client, user: string, name: string, cursors: Position[]): Promise<Cost> {
  const runs: { blocks: number; milliseconds: number; plan: Plan }[] = [];
  for (const after of cursors) {
    const { sql, params } = await pageStatement(client, user, after);
    const { rows } = await client.query(`explain (analyze, buffers, format json) ${sql}`, params);
    const { Plan: plan, 'Execution Time': milliseconds } = rows[0]['QUERY PLAN'][0];
    runs.push({ blocks: plan['Shared Hit Blocks'] + plan['Shared Read Blocks'], milliseconds, plan });
  }
  return {
    name,
    blocks: runs.reduce((sum, { blocks }) => sum + blocks, 0) / runs.length,
    milliseconds: median(runs.map(({ milliseconds }) => milliseconds)),
    plan: runs[0]?.plan as Plan,
  };
}

async function pageStatement(client: pg.Client, user: string, after: Position | undefined) {
  const statements: BoundStatement<unknown>[] = [];
  const run = async <Row>(statement: BoundStatement<Row>) => {
    statements.push(statement);
    return (await client.query(statement.sql, statement.params)).rows as Row[];
  };
  const repository = taskRepository({ run, restartClock: () => {}, close: () => {} }, user, false);
  const page = await repository.page({ limit: PAGE, after });
  const [statement] = statements;
  if (!statement || statements.length > 1) throw new Error(`a page took ${statements.length} statements`);
  return { ...statement, next: page.next };
}

async function firstOf(client: pg.Client, user: string): Promise<Position[]> {
  const cursors: Position[] = [];
  for (let after: Position | undefined; cursors.length < PAGES; ) {
    after = (await pageStatement(client, user, after)).next;
    if (!after) throw new Error('the pages ended too early');
    cursors.push(after);
  }
  return cursors;
}

/** Where the last full pages begin. */
async function lastOf(client: pg.Client, user: string): Promise<Position[]> {
  const { rows } = await client.query(
    `select to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "createdAt", id
     from (select *, row_number() over (order by created_at, id) as place from tasks where user_id = $1
       order by created_at, id limit $2) oldest where place % $3 = 1 and place > 1`,
    [user, PAGE * PAGES + 1, PAGE],
  );
  return rows;
}

function* nodesOf(plan: Plan): Generator<Plan> {
  yield plan;
  for (const child of plan.Plans ?? []) yield* nodesOf(child);
}
