import { and, desc, eq, type SQL, sql } from 'drizzle-orm';
import type { AnyPgColumn } from 'drizzle-orm/pg-core';
import { idempotencyKeys, tasks } from '../db/schema.ts';
import { queries, reading, writing } from '../db/statement.ts';
import type { Task } from './task.ts';

/** A task as PostgreSQL hands it over: its wire form, ready to send, and the version that its entity tag names. */
export type StoredTask = { id: string; version: number; json: string };

/** Bytes of titles and descriptions after which a page ends, be it ever so short of its limit. */
const LARGEST_PAGE = 4_000_000;

/** Bytes of a description up to which a page of a thousand is no larger than that. */
const SMALL_DESCRIPTION = 4_000;

const { placeholder } = sql;

/** How PostgreSQL writes an instant: ISO 8601 in UTC, with milliseconds. */
const instant = (value: AnyPgColumn | SQL) =>
  sql`to_char(${value} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/**
 * A `Task` as clients see it. PostgreSQL writes its JSON: no row is ever taken apart and put together in the Worker.
 * It does so in two ways, of which the first takes less time for one task, and the other for many.
 */
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

const wire = sql`json_build_object(${eachField((name, value) => sql`${sql.raw(`'${name}'`)}, ${value}`)})::text`;

const wireColumns = eachField((name, value) => sql`${value} as ${sql.identifier(name)}`);

const stored = { id: sql`${tasks.id}::text`.as('id'), version: tasks.version, json: wire.as('json') };

/** Whatever reads a task's fields or changes them has this condition, so that it cannot reach another's (S0 FR-006, S2 FR-002). */
const own = eq(tasks.userId, placeholder('userId'));

const ownTask = and(own, eq(tasks.id, placeholder('id')));

type OwnTask = { userId: string; id: bigint };

/** What a change asks of the task before it: to have one of these versions. Null where it asks nothing. */
type Expected = { versions: number[] | null };

const expected = sql`(${placeholder('versions')}::int[] is null or ${tasks.version} = any(${placeholder('versions')}::int[]))`;

const newestFirst = sql.join([desc(tasks.createdAt), desc(tasks.id)], sql`, `);

const size = sql`octet_length(${tasks.title}) + coalesce(octet_length(${tasks.description}), 0)`;

/** Which tasks a page holds: those of a user, done or not, after a position. Where a value is null, all do. */
type PageOf = {
  userId: string;
  completed: boolean | null;
  afterCreatedAt: string | null;
  afterId: string | null;
  limit: number;
};

/** PostgreSQL plans with the values at hand, so that a condition on a null costs nothing. */
const listed = sql`${own}
  and (${placeholder('completed')}::boolean is null or ${tasks.isCompleted} = ${placeholder('completed')})
  and (${placeholder('afterCreatedAt')}::timestamptz is null
    or (${tasks.createdAt}, ${tasks.id}) < (${placeholder('afterCreatedAt')}::timestamptz, ${placeholder('afterId')}::bigint))`;

const limit = sql`${placeholder('limit')}::int`;

const isSmall = sql.raw(`coalesce(octet_length(task.description), 0) <= ${SMALL_DESCRIPTION}`);

const lastPosition = sql.raw(`concat_ws(',', (array_agg(task.created_at))[count(*)], (array_agg(task.id))[count(*)])`);

type PageRow = { items: string; next: string | null; isSmall: boolean };

/**
 * Some tasks, newest first, as the JSON of each, comma-separated; and where the page is full and `more` holds, the
 * position of the last. Where one has a long description `isSmall` is false, and `selectLargePage` is to be asked instead.
 */
const pageOf = (more: () => SQL) =>
  reading<PageOf, PageRow>(
    () => sql`
      select coalesce(string_agg(row_to_json(task)::text, ',') filter (where ${isSmall}), '') as items,
        coalesce(bool_and(${isSmall}), true) as "isSmall",
        case when count(*) = ${limit} and ${more()} then ${lastPosition} end as next
      from (select ${wireColumns} from ${tasks} where ${listed} order by ${newestFirst} limit ${limit}) as task`,
  );

/** A page that says whether there is another. */
export const selectPage = pageOf(
  () => sql`exists (select from ${tasks} where ${listed} order by ${newestFirst} offset ${limit} limit 1)`,
);

/** A piece of a list that is read to its end, where an empty one does no harm. To look ahead is a sixth of a short list's cost. */
export const selectPiece = pageOf(() => sql`true`);

/** The same of tasks that may be very large: as many as are not too much for a Worker. To count their bytes takes time. */
export const selectLargePage = reading<PageOf, Omit<PageRow, 'isSmall'>>(
  () => sql`
    with candidates as (
      select *, row_number() over newest <= ${limit} and coalesce(sum(${size}) over newest, 0) < ${sql.raw(`${LARGEST_PAGE}`)} as fits
      from ${tasks} where ${listed}
      window newest as (order by ${newestFirst} rows between unbounded preceding and 1 preceding)
      limit ${limit} + 1
    )
    select coalesce(string_agg(row_to_json(task)::text, ','), '') as items,
      case when exists (select from candidates where not fits) then ${lastPosition} end as next
    from (select ${wireColumns} from candidates as tasks where fits order by ${newestFirst}) as task`,
);

export const selectTask = reading<OwnTask, StoredTask>(() => queries.select(stored).from(tasks).where(ownTask));

/** Whose a task is: the only statement that looks past `own`, and it reads nothing else. */
export const selectOwnership = reading<OwnTask, { isOwn: boolean }>(() =>
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

export const insertTask = writing<NewTask, StoredTask>(() => queries.insert(tasks).values(newTask).returning(stored));

/**
 * Claims the key and creates the task, or finds the key claimed. A task made before is told from the request, which is
 * the same one if `isSame`, as it was answered then.
 */
export const insertTaskOnce = writing<
  NewTask & { key: string; fingerprint: string },
  Omit<StoredTask, 'version'> & { replayed: boolean; isSame: boolean }
>(
  () => sql`
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

/** Where no field is given, or all have these values already, the task stays as it is. */
export const updateTask = writing<OwnTask & Expected & Changes, StoredTask>(() => {
  const title = sql`coalesce(${placeholder('title')}::text, ${tasks.title})`;
  const description = sql`case when ${placeholder('setsDescription')} then ${placeholder('description')}::text else ${tasks.description} end`;
  const isCompleted = sql`coalesce(${placeholder('completed')}::boolean, ${tasks.isCompleted})`;
  const really = sql`(${tasks.title}, ${tasks.description}, ${tasks.isCompleted}) is distinct from (${title}, ${description}, ${isCompleted})`;
  return queries
    .update(tasks)
    .set({ title, description, isCompleted, ...touched(really) })
    .where(and(ownTask, expected))
    .returning(stored);
});

/** Flips the done field: *n* of these, however concurrent, flip it *n* times. */
export const toggleTask = writing<OwnTask & Expected, StoredTask>(() =>
  queries
    .update(tasks)
    .set({ isCompleted: sql`not ${tasks.isCompleted}`, ...touched(sql`true`) })
    .where(and(ownTask, expected))
    .returning(stored),
);

export const deleteTask = writing<OwnTask & Expected, { id: string }>(() =>
  queries.delete(tasks).where(and(ownTask, expected)).returning({ id: stored.id }),
);
