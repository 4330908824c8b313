import { sha256 } from 'hono/utils/crypto';
import { rejection } from '../auth.ts';
import type { Connection } from '../db/client.ts';
import { databaseFailure } from '../db/failures.ts';
import { ApiError } from '../errors.ts';
import { type Position, positionOf, SEPARATOR } from './list-query.ts';
import { selectLargePage, selectPage } from './list-statements.ts';
import type { StoredTask } from './statements.ts';
import * as statements from './statements.ts';
import type { Change, Creation } from './task.ts';

export type { StoredTask };

/** A task that an `Idempotency-Key` created, now or before. */
export type ReplayableTask = StoredTask & { replayed: boolean };

/** What a change asks of the task before it: to have one of these versions. Undefined where it asks nothing. */
export type Versions = number[] | undefined;

/** Which tasks a list holds, newest first. */
export type ListOptions = { completed?: boolean | undefined; after?: Position | undefined; limit: number };

/** Some tasks of a list, as the JSON of each, comma-separated; and where to go on, if there are more. */
export type Page = { items: string; next: Position | undefined };

export type TaskRepository = ReturnType<typeof taskRepository>;

/** SQLSTATE of a row whose user is not in the table of users, where that is linked (`npm run db:link-users`). */
const FOREIGN_KEY_VIOLATION = '23503';

/** A token outlives its user by minutes. It is then no longer good for anything but an empty list. */
function refuseDeletedUser(error: unknown): never {
  if (databaseFailure(error)?.sqlstate === FOREIGN_KEY_VIOLATION)
    throw rejection('invalid_token', 'the user no longer exists');
  throw error;
}

/** The JSON of each task, empty where it was left out. */
function tasksIn([row]: { items: string | null }[]): string[] {
  return row?.items?.split(SEPARATOR) ?? [];
}

/**
 * One user's tasks: no method takes a user, and every statement that reads or changes a task has the user in its condition.
 * Each success is one statement; a page of tasks with long descriptions is two.
 *
 * @param tellsForeign whether another user's task is refused as such (S1, S2) or as one that is not there (S0, S3).
 * @throws {ApiError} from every method that takes an id: `not_found`, or `forbidden` where `tellsForeign`;
 * `version_mismatch` where the task has none of the `versions`, and then nothing changes.
 */
export function taskRepository({ run, restartClock, close }: Connection, userId: string, tellsForeign: boolean) {
  async function orMissing<Row>(id: bigint, rows: Row[], versions?: Versions): Promise<Row> {
    return rows[0] ?? missing(id, versions);
  }

  /** Explains a miss, at the price of a second statement. */
  async function missing(id: bigint, versions: Versions): Promise<never> {
    const explain = tellsForeign || versions !== undefined;
    const [found] = explain ? await run(statements.selectOwnership({ userId, id })) : [];
    if (found?.isOwn && versions) throw new ApiError('version_mismatch');
    if (found && !found.isOwn && tellsForeign) throw new ApiError('forbidden');
    throw new ApiError('not_found', { detail: 'Task not found' });
  }

  /** @returns the first tasks after the cursor: `limit` of them, or fewer where they are very large. */
  async function page({ completed, after, limit }: ListOptions): Promise<Page> {
    const values = {
      userId,
      completed: completed ?? null,
      afterCreatedAt: after?.createdAt ?? null,
      afterId: after?.id ?? null,
      limit: limit + 1, // To know whether there are more.
    };
    let tasks = tasksIn(await run(selectPage(values)));
    if (tasks.includes('')) tasks = tasksIn(await run(selectLargePage(values)));
    const leftOut = tasks.indexOf('');
    const end = leftOut < 0 ? limit : leftOut;
    const last = tasks[end - 1];
    const isCut = end < tasks.length && last !== undefined;
    return { items: tasks.slice(0, end).join(SEPARATOR), next: isCut ? positionOf(last) : undefined };
  }

  return {
    page,

    /** @returns what follows a piece that the client has begun to receive, each when it is asked for. */
    async *piecesAfter({ next }: Page, options: ListOptions): AsyncGenerator<string> {
      for (let after = next; after; ) {
        restartClock();
        const following = await page({ ...options, after });
        if (following.items) yield following.items; // Else what was to follow has been deleted meanwhile.
        after = following.next;
      }
    },

    async create({ title, description = null, completed = false }: Creation): Promise<StoredTask> {
      const [task] = await run(statements.insertTask({ userId, title, description, completed })).catch(
        refuseDeletedUser,
      );
      return task as StoredTask;
    },

    /**
     * Creates a task unless this key has created it already, which is claimed in the same statement.
     *
     * @throws {ApiError} `idempotency_key_reused` where the key came with another request.
     */
    async createOnce(key: string, { title, description = null, completed = false }: Creation): Promise<ReplayableTask> {
      const fingerprint = (await sha256(JSON.stringify([title, description, completed]))) ?? '';
      const values = { userId, title, description, completed, key, fingerprint };
      const [task] = await run(statements.insertTaskOnce(values)).catch(refuseDeletedUser);
      if (!task?.isSame) throw new ApiError('idempotency_key_reused');
      return { ...task, version: 1 };
    },

    async get(id: bigint): Promise<StoredTask> {
      return orMissing(id, await run(statements.selectTask({ userId, id })));
    },

    /** Changes the fields that are there. Where none is, or all have these values already, the task stays as it is. */
    async update(id: bigint, { title, description, completed }: Change, versions: Versions): Promise<StoredTask> {
      const changes = {
        title: title ?? null,
        setsDescription: description !== undefined,
        description: description ?? null,
        completed: completed ?? null,
      };
      const rows = await run(statements.updateTask({ userId, id, versions: versions ?? null, ...changes }));
      return orMissing(id, rows, versions);
    },

    /** Flips the done field. */
    async toggle(id: bigint, versions: Versions): Promise<StoredTask> {
      const rows = await run(statements.toggleTask({ userId, id, versions: versions ?? null }));
      return orMissing(id, rows, versions);
    },

    async remove(id: bigint, versions: Versions): Promise<void> {
      const rows = await run(statements.deleteTask({ userId, id, versions: versions ?? null }));
      await orMissing(id, rows, versions);
    },

    /** To be called once nothing will be asked of it any more. */
    close,
  };
}
