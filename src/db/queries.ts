import { and, getTableColumns, lt, sql } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';
import { db, type Placeholders, query } from './query-builder.ts';
import { idempotencyKeys, tasks } from './schema.ts';

/** Compares each column with a value of its type. */
const noRow = (table: PgTable) =>
  and(
    sql`false`,
    ...Object.values(getTableColumns(table)).map((column) => sql`${column} = null::${sql.raw(column.getSQLType())}`),
  );

/** Reads no row of the tables, and fails if a table or a column of ours is missing, or of another type. */
export const selectReadiness = query((_: Placeholders<object>) => {
  const noTasks = db.select({ id: tasks.id }).from(tasks).where(noRow(tasks)).as('no_tasks');
  const noKeys = db
    .select({ key: idempotencyKeys.key })
    .from(idempotencyKeys)
    .where(noRow(idempotencyKeys))
    .as('no_keys');
  return db
    .select({ encoding: sql<string>`current_setting('server_encoding')`.as('encoding') })
    .from(sql`(select 1) as one`)
    .leftJoin(noTasks, sql`true`)
    .leftJoin(noKeys, sql`true`);
});

/** Removes some of the keys that are older than 30 days, and counts them. Small batches hold no lock for long. */
export const deleteExpiredKeys = query(({ batchSize }: Placeholders<{ batchSize: number }>) => {
  const expired = db
    .select({ ctid: sql`ctid`.as('ctid') })
    .from(idempotencyKeys)
    .where(lt(idempotencyKeys.createdAt, sql`now() - interval '30 days'`))
    .limit(batchSize);
  const deleted = db
    .$with('deleted')
    .as(db.delete(idempotencyKeys).where(sql`ctid = any(array(${expired}))`).returning({ key: idempotencyKeys.key }));
  return db
    .with(deleted)
    .select({ count: sql<number>`count(*)`.as('count') })
    .from(deleted);
});
