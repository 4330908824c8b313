import { and, eq, type SQL, sql } from 'drizzle-orm';
import { queries, reading, writing } from '../db/queries.ts';
import { idempotencyKeys, tasks } from '../db/schema.ts';
import { wire } from './wire.ts';

/** A task as PostgreSQL hands it over: its wire form, ready to send, and the version that its entity tag names. */
export type StoredTask = { id: string; version: number; json: string };

const { placeholder } = sql;

const stored = { id: sql`${tasks.id}::text`.as('id'), version: tasks.version, json: wire.as('json') };

/** Whatever reads a task's fields or changes them has this condition, so that it cannot reach another's (S0 FR-006, S2 FR-002). */
export const own = eq(tasks.userId, placeholder('userId'));

const ownTask = and(own, eq(tasks.id, placeholder('id')));

type OwnTask = { userId: string; id: bigint };

/** What a change asks of the task before it: to have one of these versions. Null where it asks nothing. */
type Expected = { versions: number[] | null };

const expected = sql`(${placeholder('versions')}::int[] is null or ${tasks.version} = any(${placeholder('versions')}::int[]))`;

export const selectTask = reading<OwnTask, StoredTask>(queries.select(stored).from(tasks).where(ownTask));

/** Whose a task is: the only statement that looks past `own`, and it reads nothing else. */
export const selectOwnership = reading<OwnTask, { isOwn: boolean }>(
  queries
    .select({ isOwn: sql`${own}`.as('isOwn') })
    .from(tasks)
    .where(eq(tasks.id, placeholder('id'))),
);

type NewTask = { userId: string; title: string; description: string | null; completed: boolean };

const newTask = {
  userId: placeholder('userId'),
  title: placeholder('title'),
  description: placeholder('description'),
  isCompleted: placeholder('completed'),
};

export const insertTask = writing<NewTask, StoredTask>(queries.insert(tasks).values(newTask).returning(stored));

/**
 * Claims the key and creates the task, or finds the key claimed. A task made before is told from the request, which is
 * the same one if `isSame`, as it was answered then.
 */
export const insertTaskOnce = writing<
  NewTask & { key: string; fingerprint: string },
  Omit<StoredTask, 'version'> & { replayed: boolean; isSame: boolean }
>(
  sql`
    with claimed as (
      insert into ${idempotencyKeys} (user_id, key, fingerprint, task_id)
      values (${newTask.userId}, ${placeholder('key')}, ${placeholder('fingerprint')}, nextval('tasks_id_seq'))
      on conflict (user_id, key) do update set key = excluded.key
      returning task_id, fingerprint, created_at, xmax <> 0 as replayed
    ), requested as (
      select task_id as id, ${newTask.userId}::text as user_id, ${newTask.title}::text as title,
        ${newTask.description}::text as description, ${newTask.isCompleted}::boolean as is_completed,
        created_at, created_at as updated_at, replayed, fingerprint
      from claimed
    ), created as (
      insert into ${tasks} (id, user_id, title, description, is_completed, created_at, updated_at)
      overriding system value
      select id, user_id, title, description, is_completed, created_at, updated_at from requested where not replayed
    )
    select id::text, ${wire} as json, replayed, fingerprint = ${placeholder('fingerprint')} as "isSame" from requested as tasks`,
);

/** What a real change does to a row beside the change itself; `updated_at` strictly increases, even within a millisecond. */
function touched(really: SQL) {
  return {
    version: sql`${tasks.version} + case when ${really} then 1 else 0 end`,
    updatedAt: sql`case when ${really} then greatest(now(), ${tasks.updatedAt} + interval '1 millisecond') else ${tasks.updatedAt} end`,
  };
}

/** The fields to change, null where they are to stay; a description may become null, and so has a word of its own for it. */
type Changes = {
  title: string | null;
  setsDescription: boolean;
  description: string | null;
  completed: boolean | null;
};

const changed = {
  title: sql`coalesce(${placeholder('title')}::text, ${tasks.title})`,
  description: sql`case when ${placeholder('setsDescription')} then ${placeholder('description')}::text else ${tasks.description} end`,
  isCompleted: sql`coalesce(${placeholder('completed')}::boolean, ${tasks.isCompleted})`,
};

const isChanged = sql`(${tasks.title}, ${tasks.description}, ${tasks.isCompleted})
  is distinct from (${changed.title}, ${changed.description}, ${changed.isCompleted})`;

/** Where no field is given, or all have these values already, the task stays as it is. */
export const updateTask = writing<OwnTask & Expected & Changes, StoredTask>(
  queries
    .update(tasks)
    .set({ ...changed, ...touched(isChanged) })
    .where(and(ownTask, expected))
    .returning(stored),
);

/** Flips the done field: *n* of these, however concurrent, flip it *n* times. */
export const toggleTask = writing<OwnTask & Expected, StoredTask>(
  queries
    .update(tasks)
    .set({ isCompleted: sql`not ${tasks.isCompleted}`, ...touched(sql`true`) })
    .where(and(ownTask, expected))
    .returning(stored),
);

export const deleteTask = writing<OwnTask & Expected, { id: string }>(
  queries.delete(tasks).where(and(ownTask, expected)).returning({ id: stored.id }),
);
