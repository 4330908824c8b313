import { and, getTableColumns, lt, sql } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';
import { db, type Placeholders, query } from './query-builder.ts';
import { idempotencyKeys, tasks } from './schema.ts';

/** No row of a table. Compares each column with a value of its type. */
const noRowOf = (table: PgTable, alias: string) => {
  const comparisons = Object.values(getTableColumns(table)).map(
    (column) => sql`${column} = null::${sql.raw(column.getSQLType())}`,
  );
  return db
    .select({ none: sql`null`.as('none') })
    .from(table)
    .where(and(sql`false`, ...comparisons))
    .as(alias);
};

/** Reads no row of the tables, and fails if a table or a column of ours is missing, or of another type. */
export const selectReadiness = query((_: Placeholders<object>) =>
  db
    .select({ encoding: sql<string>`current_setting('server_encoding')`.as('encoding') })
    .from(sql`(select 1) as one`)
    .leftJoin(noRowOf(tasks, 'no_tasks'), sql`true`)
    .leftJoin(noRowOf(idempotencyKeys, 'no_keys'), sql`true`),
);

/** Removes some of the keys that are older than 30 days. Small batches hold no lock for long. */
export const deleteExpiredKeys = query(({ batchSize }: Placeholders<{ batchSize: number }>) => {
  const expired = db
    .select({ ctid: sql`ctid`.as('ctid') })
    .from(idempotencyKeys)
    .where(lt(idempotencyKeys.createdAt, sql`now() - interval '30 days'`))
    .limit(batchSize);
  return db
    .delete(idempotencyKeys)
    .where(sql`ctid = any(array(${expired}))`)
    .returning({ taskId: idempotencyKeys.taskId });
});
