import { and, desc, eq, getTableColumns, not, or, type SQL, sql } from 'drizzle-orm';
import type { AnyPgColumn } from 'drizzle-orm/pg-core';
import { db, type Placeholders, query } from '../db/query-builder.ts';
import { idempotencyKeys, tasks } from '../db/schema.ts';
import type { CreateTask, UpdateTask } from './task-schema.ts';

/** Seconds since 1970, with milliseconds: the text of a `timestamptz` depends on the server's settings. */
const epoch = (column: AnyPgColumn) => sql<number>`extract(epoch from ${column})`;

/** What a task's JSON is made of. `user_id` is not read: it is in the condition of every query. */
const listColumns = {
  id: tasks.id,
  title: tasks.title,
  description: tasks.description,
  isCompleted: tasks.isCompleted,
  createdAt: epoch(tasks.createdAt).as('created_at'),
  updatedAt: epoch(tasks.updatedAt).as('updated_at'),
};

const taskColumns = { ...listColumns, version: tasks.version };

type OwnTask = { userId: string; id: bigint };

/** Every query of tasks has this condition, so that none reaches another user's (S0 FR-006, S2 FR-002). */
const ownedByUser = ({ userId }: Placeholders<{ userId: string }>) => eq(tasks.userId, userId);

const isOwnTask = (values: Placeholders<OwnTask>) => and(ownedByUser(values), eq(tasks.id, values.id));

export const selectTask = query((values: Placeholders<OwnTask>) =>
  db.select(taskColumns).from(tasks).where(isOwnTask(values)),
);

/** Whether the user owns a task: the only query that looks beyond the user's own tasks, and it reads nothing else. */
export const selectOwnership = query((values: Placeholders<OwnTask>) =>
  db
    .select({ isOwn: sql<boolean>`${ownedByUser(values)}`.as('is_own') })
    .from(tasks)
    .where(eq(tasks.id, values.id)),
);

type PageOf = {
  userId: string;
  /** Null for both. */
  completed: boolean | null;
  limit: number;
  /** A longer description, in bytes, is returned as null. */
  maxDescriptionBytes: number;
};

/** Newest first. */
const page = (values: Placeholders<PageOf>, position?: SQL) =>
  db
    .select({
      ...listColumns,
      description: sql<string | null>`case when octet_length(${tasks.description}) <= ${values.maxDescriptionBytes}::int
        then ${tasks.description} end`.as('description'),
      descriptionBytes: sql<number | null>`octet_length(${tasks.description})`.as('description_bytes'),
    })
    .from(tasks)
    .where(
      and(
        ownedByUser(values),
        or(sql`${values.completed}::boolean is null`, sql`${tasks.isCompleted} = ${values.completed}`),
        position,
      ),
    )
    .orderBy(desc(tasks.createdAt), desc(tasks.id))
    .limit(values.limit);

export const selectFirstPage = query((values: Placeholders<PageOf>) => page(values));

type PageAfter = PageOf & { createdAt: string; id: string };

/** Separate from `selectFirstPage`: planning an unused condition costs as much as reading a short page. */
export const selectPageAfter = query((values: Placeholders<PageAfter>) =>
  page(values, sql`(${tasks.createdAt}, ${tasks.id}) < (${values.createdAt}::timestamptz, ${values.id}::bigint)`),
);

type NewTask = CreateTask & { userId: string };

export const insertTask = query(({ userId, title, description, completed }: Placeholders<NewTask>) =>
  db.insert(tasks).values({ userId, title, description, isCompleted: completed }).returning(taskColumns),
);

type NewTaskOnce = NewTask & { key: string; fingerprint: string };

/** Claims the key and creates the task, or finds the key claimed: by the same request if `isSame`. */
export const insertTaskOnce = query((values: Placeholders<NewTaskOnce>) => {
  const { userId, key, fingerprint } = values;
  const claimed = db.$with('claimed').as(
    db
      .insert(idempotencyKeys)
      .values({ userId, key, fingerprint, taskId: sql`nextval('tasks_id_seq')` })
      .onConflictDoUpdate({
        target: [idempotencyKeys.userId, idempotencyKeys.key],
        set: { key: sql`excluded.key` },
      })
      .returning({ ...getTableColumns(idempotencyKeys), isReplay: sql<boolean>`xmax <> 0`.as('is_replay') }),
  );
  // Raw SQL, since Drizzle drops `overriding system value` from an insert of selected rows.
  const created = db.$with('created', {}).as(
    sql`insert into ${tasks} (id, user_id, title, description, is_completed, created_at, updated_at)
      overriding system value
      select task_id, user_id, ${values.title}, ${values.description}, ${values.completed}::boolean, created_at, created_at
      from claimed where not is_replay`,
  );
  return db
    .with(claimed, created)
    .select({
      id: claimed.taskId,
      createdAt: epoch(claimed.createdAt).as('created_at'),
      isReplay: claimed.isReplay,
      isSame: sql<boolean>`${claimed.fingerprint} = ${fingerprint}`.as('is_same'),
    })
    .from(claimed);
});

/** Strictly later than before, even within a millisecond. */
const nextUpdatedAt = sql`greatest(now(), ${tasks.updatedAt} + interval '1 millisecond')`;

/** The versions that a task must have to be changed; null for any. */
type IfVersions = { versions: number[] | null };

const versionMatches = ({ versions }: Placeholders<IfVersions>) =>
  or(sql`${versions}::int[] is null`, sql`${tasks.version} = any(${versions}::int[])`);

/** A task stays as it is if no field is to change, or all have these values already. */
export const updateTask = query((values: Placeholders<OwnTask & IfVersions & UpdateTask>) => {
  const ifSet = (field: Exclude<keyof CreateTask, 'completed'>) =>
    sql`case when ${sql.raw(`'${field}'`)} = any(${values.sets}::text[]) then ${values[field]} else ${tasks[field]} end`;
  const changes = {
    title: ifSet('title'),
    description: ifSet('description'),
    isCompleted: sql`case when ${values.toggles}::boolean then not ${tasks.isCompleted}
      else coalesce(${values.completed}::boolean, ${tasks.isCompleted}) end`,
  };
  const before = (Object.keys(changes) as (keyof typeof changes)[]).map((name) => tasks[name]);
  const isChanged = sql`${before} is distinct from ${Object.values(changes)}`;
  const version = sql`${tasks.version} + (${isChanged})::int`;
  const updatedAt = sql`case when ${isChanged} then ${nextUpdatedAt} else ${tasks.updatedAt} end`;
  return db
    .update(tasks)
    .set({ ...changes, version, updatedAt })
    .where(and(isOwnTask(values), versionMatches(values)))
    .returning(taskColumns);
});

/** Does what `updateTask` does when it only toggles, for half the CPU. Each of *n* concurrent toggles counts. */
export const toggleTask = query((values: Placeholders<OwnTask & IfVersions>) =>
  db
    .update(tasks)
    .set({ isCompleted: not(tasks.isCompleted), version: sql`${tasks.version} + 1`, updatedAt: nextUpdatedAt })
    .where(and(isOwnTask(values), versionMatches(values)))
    .returning(taskColumns),
);

export const deleteTask = query((values: Placeholders<OwnTask & IfVersions>) =>
  db
    .delete(tasks)
    .where(and(isOwnTask(values), versionMatches(values)))
    .returning({ id: tasks.id }),
);
