import { and, desc, eq, or, type SQL, sql } from 'drizzle-orm';
import type { Database } from '../db/client.ts';
import { tasks } from '../db/schema.ts';
import { ApiError } from '../errors.ts';
import { type Change, type Creation, wire } from './task.ts';

/** A task as PostgreSQL hands it over: its wire form, ready to send. */
export type StoredTask = { id: string; json: string };

export type TaskRepository = ReturnType<typeof taskRepository>;

const stored = { id: sql<string>`${tasks.id}::text`, json: sql<string>`${wire}::text` };

const columns = { title: tasks.title, description: tasks.description, completed: tasks.isCompleted };

/**
 * One user's tasks. No method takes a user and every statement starts from `own`, so that
 * none can reach another's rows (S0 FR-006, S2 FR-002). Each success is one statement.
 *
 * @param tellsForeign whether another user's task is refused as such (S1, S2) or as one that is not there (S0, S3).
 * @throws {ApiError} `not_found`, or `forbidden` where `tellsForeign`, from every method that takes an id.
 */
export function taskRepository(db: Database, userId: string, tellsForeign: boolean) {
  const own = eq(tasks.userId, userId);
  const ownTask = (id: bigint) => and(own, eq(tasks.id, id));

  async function orMissing<Row>(id: bigint, rows: Row[]): Promise<Row> {
    return rows[0] ?? missing(id);
  }

  /** Explains a miss. The only statement that looks past `own`, and it reads nothing but whether a task is there. */
  async function missing(id: bigint): Promise<never> {
    const others = tellsForeign ? await db.select({ there: sql`1` }).from(tasks).where(eq(tasks.id, id)) : [];
    throw others.length > 0 ? new ApiError('forbidden') : new ApiError('not_found', { detail: 'Task not found' });
  }

  return {
    /** @returns the JSON array of the user's tasks, newest first; all of them, or those that are done or open. */
    async list(completed: boolean | undefined): Promise<string> {
      const newest = sql.join([desc(tasks.createdAt), desc(tasks.id)], sql`, `);
      const array = sql<string>`coalesce(json_agg(${wire} order by ${newest}), '[]')::text`;
      const filter = completed === undefined ? own : and(own, eq(tasks.isCompleted, completed));
      const [row] = await db.select({ array }).from(tasks).where(filter);
      return row?.array ?? '[]';
    },

    async create({ title, description, completed }: Creation): Promise<StoredTask> {
      const rows = await db
        .insert(tasks)
        .values({ userId, title, description, isCompleted: completed })
        .returning(stored);
      return rows[0] as StoredTask;
    },

    async get(id: bigint): Promise<StoredTask> {
      return orMissing(id, await db.select(stored).from(tasks).where(ownTask(id)));
    },

    /** Changes the fields that are there. Where none is, or all have these values already, the task stays as it is. */
    async update(id: bigint, change: Change): Promise<StoredTask> {
      return orMissing(id, await db.update(tasks).set(changed(change)).where(ownTask(id)).returning(stored));
    },

    /** Flips the done field: *n* of these, however concurrent, flip it *n* times. */
    async toggle(id: bigint): Promise<StoredTask> {
      const flipped = { isCompleted: sql`not ${tasks.isCompleted}`, ...touched(sql`true`) };
      return orMissing(id, await db.update(tasks).set(flipped).where(ownTask(id)).returning(stored));
    },

    async remove(id: bigint): Promise<void> {
      await orMissing(id, await db.delete(tasks).where(ownTask(id)).returning({ id: stored.id }));
    },
  };
}

function changed({ title, description, completed }: Change) {
  const differs = Object.entries({ title, description, completed })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => sql`${columns[name as keyof typeof columns]} is distinct from ${value}`);
  return { title, description, isCompleted: completed, ...touched(or(...differs) ?? sql`false`) };
}

/** What a real change does to a row beside the change itself; `updated_at` strictly increases, even within a millisecond. */
function touched(really: SQL) {
  return {
    version: sql`${tasks.version} + case when ${really} then 1 else 0 end`,
    updatedAt: sql`case when ${really} then greatest(now(), ${tasks.updatedAt} + interval '1 millisecond') else ${tasks.updatedAt} end`,
  };
}
