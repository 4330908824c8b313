import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  timestamp,
  varchar,
} from 'drizzle-orm/pg-core';

/** What JavaScript's `\s` matches, and U+0085: a title of nothing else is blank, as to `NOT_BLANK`. */
const whiteSpace = sql.raw(
  String.raw`E' \t\n\u000B\f\r\u0085\u00A0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200A\u2028\u2029\u202F\u205F\u3000\uFEFF'`,
);

const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3 }).notNull().defaultNow();

/** S1 "Database Schema". Whole milliseconds, because the JSON has no more. */
export const tasks = pgTable(
  'tasks',
  {
    id: bigint({ mode: 'bigint' }).primaryKey().generatedAlwaysAsIdentity(),
    userId: varchar('user_id', { length: 255 }).notNull(),
    title: varchar({ length: 200 }).notNull(),
    description: text(),
    isCompleted: boolean('is_completed').notNull().default(false),
    /** Goes up with every real change. */
    version: integer().notNull().default(1),
    createdAt: instant('created_at'),
    updatedAt: instant('updated_at'),
  },
  (task) => [
    check('tasks_user_id_not_empty', sql`${task.userId} <> ''`),
    check('tasks_title_not_blank', sql`btrim(${task.title}, ${whiteSpace}) <> ''`),
    check('tasks_version_positive', sql`${task.version} > 0`),
    check('tasks_updated_after_created', sql`${task.updatedAt} >= ${task.createdAt}`),
    // "This user's tasks, newest first", without a sort: NULLS FIRST is what a plain ORDER BY … DESC asks for.
    index('tasks_user_id_newest').on(task.userId, task.createdAt.desc().nullsFirst(), task.id.desc().nullsFirst()),
  ],
);

/**
 * What each `Idempotency-Key` created. A key outlives its task: sent again after the task was deleted, it still creates
 * nothing. The first response is made again from the row and the repeated request, which the fingerprint proves equal.
 */
export const idempotencyKeys = pgTable(
  'idempotency_keys',
  {
    userId: varchar('user_id', { length: 255 }).notNull(),
    key: varchar({ length: 255 }).notNull(),
    /** SHA-256 of what was to be created, in hexadecimal. */
    fingerprint: text().notNull(),
    taskId: bigint('task_id', { mode: 'bigint' }).notNull(),
    createdAt: instant('created_at'),
  },
  (row) => [
    primaryKey({ columns: [row.userId, row.key] }),
    // For the removal of old keys.
    index('idempotency_keys_created_at').on(row.createdAt),
  ],
);
