import { and, desc, eq, inArray, or, type SQL, sql } from 'drizzle-orm';
import { sha256 } from 'hono/utils/crypto';
import type { Connection } from '../db/client.ts';
import { idempotencyKeys, tasks } from '../db/schema.ts';
import { ApiError } from '../errors.ts';
import { type Change, type Creation, type Position, parsePosition, position, wire } from './task.ts';

/** A task as PostgreSQL hands it over: its wire form, ready to send, and the version that its entity tag names. */
export type StoredTask = { id: string; version: number; json: string };

/** A task that an `Idempotency-Key` created, now or before. */
export type ReplayableTask = StoredTask & { replayed: boolean };

/** What a change asks of the task before it: to have one of these versions. Undefined where it asks nothing. */
export type Versions = number[] | undefined;

/** Which tasks a list holds, newest first. */
export type ListOptions = { completed?: boolean | undefined; after?: Position | undefined; limit: number };

/** Some tasks of a list, as the JSON of each, comma-separated; and where to go on, if there are more. */
export type Page = { items: string; next: Position | undefined };

export type TaskRepository = ReturnType<typeof taskRepository>;

/** Bytes of titles and descriptions after which a page ends, be it ever so short of its limit. */
const LARGEST_PAGE = 4_000_000;

const stored = { id: sql<string>`${tasks.id}::text`, version: tasks.version, json: sql<string>`${wire}::text` };

const size = sql`octet_length(${tasks.title}) + coalesce(octet_length(${tasks.description}), 0)`;

const columns = { title: tasks.title, description: tasks.description, completed: tasks.isCompleted };

const newestFirst = sql.join([desc(tasks.createdAt), desc(tasks.id)], sql`, `);

/**
 * One user's tasks. No method takes a user and every statement starts from `own`, so that
 * none can reach another's rows (S0 FR-006, S2 FR-002). Each success is one statement.
 *
 * @param tellsForeign whether another user's task is refused as such (S1, S2) or as one that is not there (S0, S3).
 * @throws {ApiError} from every method that takes an id: `not_found`, or `forbidden` where `tellsForeign`;
 * `version_mismatch` where the task has none of the `versions`, and then nothing changes.
 */
export function taskRepository({ db, restartClock }: Connection, userId: string, tellsForeign: boolean) {
  const own = eq(tasks.userId, userId);
  const ownTask = (id: bigint, versions?: Versions) =>
    and(own, eq(tasks.id, id), versions && (versions.length > 0 ? inArray(tasks.version, versions) : sql`false`));

  async function orMissing<Row>(id: bigint, rows: Row[], versions?: Versions): Promise<Row> {
    return rows[0] ?? missing(id, versions);
  }

  /** Explains a miss. The only statement that looks past `own`, and it reads nothing but whose task it is. */
  async function missing(id: bigint, versions: Versions): Promise<never> {
    const explain = tellsForeign || versions !== undefined;
    const [found] = explain
      ? await db
          .select({ isOwn: sql<boolean>`${own}` })
          .from(tasks)
          .where(eq(tasks.id, id))
      : [];
    if (found?.isOwn && versions) throw new ApiError('version_mismatch');
    if (found && !found.isOwn && tellsForeign) throw new ApiError('forbidden');
    throw new ApiError('not_found', { detail: 'Task not found' });
  }

  /** @returns the first tasks after the cursor: `limit` of them, or fewer where they are very large. */
  async function page({ completed, after, limit }: ListOptions): Promise<Page> {
    const filter = and(
      own,
      completed === undefined ? undefined : eq(tasks.isCompleted, completed),
      after && sql`(${tasks.createdAt}, ${tasks.id}) < (${after.createdAt}::timestamptz, ${after.id}::bigint)`,
    );
    // One row more than asked for, to know whether there is one.
    const candidates = sql`select *, row_number() over newest as position, coalesce(sum(${size}) over before, 0) as size_before
      from ${tasks} where ${filter}
      window newest as (order by ${newestFirst}), before as (newest rows between unbounded preceding and 1 preceding)
      order by ${newestFirst} limit ${limit + 1}`;
    const fits = sql`position <= ${limit} and size_before < ${LARGEST_PAGE}`;
    const [row] = await db
      .select({
        items: sql<string>`coalesce(string_agg(${wire}::text, ',') filter (where ${fits}), '')`,
        next: sql<string | null>`case when bool_and(${fits}) then null
          else (array_agg(${position} order by position desc) filter (where ${fits}))[1] end`,
      })
      .from(sql`(${candidates}) as tasks`);
    return { items: row?.items ?? '', next: row?.next ? parsePosition(row.next) : undefined };
  }

  return {
    page,

    /** @returns the pages after one that the client has begun to receive, each read when it is asked for. */
    async *pagesAfter({ next }: Page, options: ListOptions): AsyncGenerator<string> {
      for (let after = next; after; ) {
        restartClock();
        const following = await page({ ...options, after });
        yield following.items;
        after = following.next;
      }
    },

    async create({ title, description, completed }: Creation): Promise<StoredTask> {
      const values = { userId, title, description, isCompleted: completed };
      const rows = await db.insert(tasks).values(values).returning(stored);
      return rows[0] as StoredTask;
    },

    /**
     * Creates a task unless this key has created it already, which is claimed in the same statement. A task made
     * before is told from the request, which is the same one, as it was answered then.
     *
     * @throws {ApiError} `idempotency_key_reused` where the key came with another request.
     */
    async createOnce(key: string, { title, description, completed }: Creation): Promise<ReplayableTask> {
      const fingerprint = await sha256(JSON.stringify([title, description ?? null, completed ?? false]));
      const rows = await db.execute(sql`
        with claimed as (
          insert into ${idempotencyKeys} (user_id, key, fingerprint, task_id)
          values (${userId}, ${key}, ${fingerprint}, nextval('tasks_id_seq'))
          on conflict (user_id, key) do update set key = excluded.key
          returning task_id, fingerprint, created_at, xmax <> 0 as replayed
        ), requested as (
          select task_id as id, ${userId}::text as user_id, ${title}::text as title, ${description ?? null}::text as description,
            ${completed ?? false}::boolean as is_completed, created_at, created_at as updated_at, replayed, fingerprint
          from claimed
        ), created as (
          insert into ${tasks} (id, user_id, title, description, is_completed, created_at, updated_at)
          overriding system value
          select id, user_id, title, description, is_completed, created_at, updated_at from requested where not replayed
        )
        select id::text, ${wire}::text, replayed, fingerprint = ${fingerprint} from requested as tasks`);
      const [id, json, replayed, isSame] = rows[0] as unknown as [string, string, boolean, boolean];
      if (!isSame) throw new ApiError('idempotency_key_reused');
      return { id, version: 1, json, replayed };
    },

    async get(id: bigint): Promise<StoredTask> {
      return orMissing(id, await db.select(stored).from(tasks).where(ownTask(id)));
    },

    /** Changes the fields that are there. Where none is, or all have these values already, the task stays as it is. */
    async update(id: bigint, change: Change, versions: Versions): Promise<StoredTask> {
      const rows = await db.update(tasks).set(changed(change)).where(ownTask(id, versions)).returning(stored);
      return orMissing(id, rows, versions);
    },

    /** Flips the done field: *n* of these, however concurrent, flip it *n* times. */
    async toggle(id: bigint, versions: Versions): Promise<StoredTask> {
      const flipped = { isCompleted: sql`not ${tasks.isCompleted}`, ...touched(sql`true`) };
      const rows = await db.update(tasks).set(flipped).where(ownTask(id, versions)).returning(stored);
      return orMissing(id, rows, versions);
    },

    async remove(id: bigint, versions: Versions): Promise<void> {
      const rows = await db.delete(tasks).where(ownTask(id, versions)).returning({ id: stored.id });
      await orMissing(id, rows, versions);
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
