import { sha256 } from 'hono/utils/crypto';
import { DatabaseError } from '../db/errors.ts';
import type { Run } from '../db/query.ts';
import { ApiError, unauthorized } from '../http/errors.ts';
import type { Position } from './cursor.ts';
import { toIsoString } from './iso-date.ts';
import * as queries from './queries.generated.ts';
import { type TaskRow, taskJson } from './task-json.ts';
import type { CreateTask, UpdateTask } from './task-schema.ts';

/** A task as it is stored: its JSON, and the version that its entity tag names. */
export type StoredTask = { id: string; version: number; json: string };

/** A task that an `Idempotency-Key` created, by this request or an earlier one. */
export type ReplayableTask = StoredTask & { isReplay: boolean };

/** The versions that a task must have to be changed; undefined for any. */
export type IfVersions = number[] | undefined;

/** The tasks of a page, newest first: with this completion flag, after a position. */
export type PageOptions = { completed?: boolean | undefined; after?: Position | undefined; limit: number };

/** The tasks of a page as comma-separated JSON, and the position of the last one if there are more. */
export type Page = { json: string; next: Position | undefined };

type PageRow = TaskRow & { descriptionBytes: string | null };

export type TaskRepository = ReturnType<typeof taskRepository>;

/** Bytes of JSON after which a page ends before its limit. */
const MAX_PAGE_BYTES = 500_000;

/** The greatest `int` of PostgreSQL. */
const UNLIMITED = 2 ** 31 - 1;

/** SQLSTATE of a task whose user is not in the linked table of users (`npm run db:link-users`). */
const FOREIGN_KEY_VIOLATION = '23503';

/** A token outlives its user by minutes. */
function rejectDeletedUser(error: unknown): never {
  if (error instanceof DatabaseError && error.codes.sqlstate === FOREIGN_KEY_VIOLATION)
    throw unauthorized('invalid_token', 'the user no longer exists');
  throw error;
}

/**
 * One user's tasks: no method takes a user, and every query has the user in its condition. A success is one
 * statement; a page with long descriptions is two.
 *
 * @param tellsForeign whether another user's task is reported as such (S1, S2) or as missing (S0, S3).
 * @throws {ApiError} from every method that takes an id: `not_found`, or `forbidden` where `tellsForeign`;
 * `version_mismatch` where the task has none of the `versions`, and then nothing changes.
 */
export function taskRepository(run: Run, userId: string, tellsForeign: boolean) {
  const toStoredTask = (row: TaskRow & { version: string }): StoredTask => ({
    id: row.id,
    version: Number(row.version),
    json: taskJson(userId, row),
  });

  async function firstOrThrow<Row>(id: bigint, rows: Row[], versions?: IfVersions): Promise<Row> {
    return rows[0] ?? explainMiss(id, versions);
  }

  /** Takes a second statement where the first cannot tell. */
  async function explainMiss(id: bigint, versions: IfVersions): Promise<never> {
    const needsOwner = tellsForeign || versions !== undefined;
    const [found] = needsOwner ? await run(queries.selectOwnership({ userId, id })) : [];
    const isOwn = found?.isOwn === 't';
    if (isOwn && versions) throw new ApiError('version_mismatch');
    if (found && !isOwn && tellsForeign) throw new ApiError('forbidden');
    throw new ApiError('not_found', { detail: 'Task not found' });
  }

  /** Descriptions longer than an equal share of a page are read by a second statement, for as many tasks as fit. */
  async function selectPage(options: PageOptions): Promise<{ rows: PageRow[]; hasMore: boolean }> {
    const { completed, after, limit } = options;
    const select = (limit: number, maxDescriptionBytes: number) => {
      const values = { userId, completed: completed ?? null, limit, maxDescriptionBytes };
      return run(after ? queries.selectPageAfter({ ...values, ...after }) : queries.selectFirstPage(values));
    };
    const share = Math.floor(MAX_PAGE_BYTES / limit);
    const first = await select(limit + 1, share);
    if (!first.some(isWithheld)) return { rows: first.slice(0, limit), hasMore: first.length > limit };
    const fitting = Math.min(limit, countFitting(first.map(({ descriptionBytes }) => Number(descriptionBytes))));
    const rows = await select(fitting, UNLIMITED);
    if (rows.length === 0) return selectPage(options); // All of them were deleted meanwhile, and others may follow.
    const isSame = rows.at(-1)?.id === first[fitting - 1]?.id; // Else tasks were added meanwhile, and pushed others out.
    return { rows, hasMore: first.length > fitting || !isSame };
  }

  return {
    /** @returns `limit` tasks, or fewer where they are very large. */
    async page(options: PageOptions): Promise<Page> {
      const { rows, hasMore } = await selectPage(options);
      const tasks: string[] = [];
      let bytes = 0;
      for (const row of rows) {
        if (bytes >= MAX_PAGE_BYTES) break;
        const json = taskJson(userId, row);
        bytes += json.length + Number(row.descriptionBytes) - (row.description?.length ?? 0);
        tasks.push(json);
      }
      const last = rows[tasks.length - 1];
      const isCut = tasks.length < rows.length;
      return { json: tasks.join(','), next: last && (hasMore || isCut) ? positionOf(last) : undefined };
    },

    async create(fields: CreateTask): Promise<StoredTask> {
      const rows = await run(queries.insertTask({ userId, ...fields })).catch(rejectDeletedUser);
      return rows.map(toStoredTask)[0] as StoredTask;
    },

    /**
     * Creates a task unless this key has created it already. The key is claimed in the same statement.
     *
     * @throws {ApiError} `idempotency_key_reused` where the key came with another request.
     */
    async createOnce(key: string, fields: CreateTask): Promise<ReplayableTask> {
      const fingerprint = (await sha256(JSON.stringify(Object.values(fields)))) ?? '';
      const values = { userId, key, fingerprint, ...fields };
      const [claim] = await run(queries.insertTaskOnce(values)).catch(rejectDeletedUser);
      if (claim?.isSame !== 't') throw new ApiError('idempotency_key_reused');
      const { id, createdAt, isReplay } = claim;
      const isCompleted = fields.completed ? 't' : 'f';
      const json = taskJson(userId, { ...fields, id, isCompleted, createdAt, updatedAt: createdAt });
      return { id, version: 1, json, isReplay: isReplay === 't' };
    },

    async get(id: bigint): Promise<StoredTask> {
      return toStoredTask(await firstOrThrow(id, await run(queries.selectTask({ userId, id }))));
    },

    /** Changes the fields that are present. The task stays as it is where they change nothing. */
    async update(id: bigint, { completed, ...fields }: UpdateTask, versions: IfVersions): Promise<StoredTask> {
      const task = { userId, id, versions: versions ?? null };
      const toggles = completed === 'toggle';
      const changes = {
        title: fields.title ?? null,
        setsDescription: fields.description !== undefined,
        description: fields.description ?? null,
        completed: toggles ? null : (completed ?? null),
        toggles,
      };
      const onlyToggles = toggles && Object.values(fields).every((value) => value === undefined);
      const rows = await run(onlyToggles ? queries.toggleTask(task) : queries.updateTask({ ...task, ...changes }));
      return toStoredTask(await firstOrThrow(id, rows, versions));
    },

    async remove(id: bigint, versions: IfVersions): Promise<void> {
      const rows = await run(queries.deleteTask({ userId, id, versions: versions ?? null }));
      await firstOrThrow(id, rows, versions);
    },
  };
}

/** @throws {Error} for a date that another program made infinite. */
function positionOf(row: TaskRow): Position {
  const createdAt = toIsoString(row.createdAt);
  if (createdAt === null) throw new Error('a task has no place in a list');
  return { id: row.id, createdAt };
}

/** Whether the description was too long for this statement. */
function isWithheld({ description, descriptionBytes }: PageRow): boolean {
  return description === null && descriptionBytes !== null;
}

/** How many descriptions of these sizes fit on a page; at least one. */
function countFitting(sizes: number[]): number {
  let total = 0;
  const tooMany = sizes.findIndex((size) => {
    total += size;
    return total > MAX_PAGE_BYTES;
  });
  return tooMany < 0 ? sizes.length : Math.max(tooMany, 1);
}
