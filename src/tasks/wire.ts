import { type SQL, sql } from 'drizzle-orm';
import type { AnyPgColumn } from 'drizzle-orm/pg-core';
import { tasks } from '../db/schema.ts';
import type { Task } from './task.ts';

/** How PostgreSQL writes an instant: ISO 8601 in UTC, with milliseconds. */
const instant = (value: AnyPgColumn | SQL) =>
  sql`to_char(${value} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** A `Task` as clients see it. PostgreSQL writes its JSON: no row is ever taken apart and put together in the Worker. */
const wireFields: Record<keyof Task, AnyPgColumn | SQL> = {
  id: tasks.id,
  user_id: tasks.userId,
  title: tasks.title,
  description: tasks.description,
  completed: tasks.isCompleted,
  is_completed: tasks.isCompleted,
  created_at: instant(tasks.createdAt),
  updated_at: instant(tasks.updatedAt),
};

const eachField = (write: (name: string, value: AnyPgColumn | SQL) => SQL) =>
  sql.join(
    Object.entries(wireFields).map(([name, value]) => write(name, value)),
    sql`, `,
  );

/** The JSON of one task, as text. */
export const wire = sql`json_build_object(${eachField((name, value) => sql`${sql.raw(`'${name}'`)}, ${value}`)})::text`;

/** The same in columns, for `row_to_json`: of many tasks PostgreSQL writes it in less time so. */
export const wireColumns = eachField((name, value) => sql`${value} as ${sql.identifier(name)}`);
