import { sha256 } from 'hono/utils/crypto';
import { DatabaseError } from '../db/errors.ts';
import type { Run, Statement } from '../db/query.ts';
import { ApiError, unauthorized } from '../http/errors.ts';
import { fillPage, type Page, type PageOptions, type SelectRows } from './page.ts';
import * as queries from './queries.generated.ts';
import { type TaskRow, taskJson } from './task-json.ts';
import type { CreateTask, UpdateTask } from './task-schema.ts';

/** A task as it is stored: its JSON, and the version that its entity tag names. */
export type StoredTask = {
  id: string;
  version: number;
  json: string;
  /** Whether an earlier request with the same `Idempotency-Key` created it. */
  isReplay?: boolean;
};

/** The versions that a task must have to be changed; null for any. */
type Versions = number[] | null;

/** SQLSTATE of a task whose user is not in the linked table of users (`npm run db:link-users`). */
const FOREIGN_KEY_VIOLATION = '23503';

/** The token of a deleted user stays valid until it expires. */
function rejectDeletedUser(error: unknown): never {
  if (error instanceof DatabaseError && error.codes.sqlstate === FOREIGN_KEY_VIOLATION)
    throw unauthorized('invalid_token', 'the user no longer exists');
  throw error;
}

/**
 * One user's tasks: no method takes a user, and every query has the user in its condition. A success is one
 * statement; a page with long descriptions is two.
 *
 * @param revealsForeign whether another user's task is reported as such (S1, S2) or as missing (S0, S3).
 * @throws {ApiError} from every method that takes an id: `not_found`, or `forbidden` if `revealsForeign`;
 * `version_mismatch` if the task has none of the `versions`, and then nothing changes.
 */
export function taskRepository(run: Run, userId: string, revealsForeign: boolean) {
  const toStoredTask = (row: TaskRow & { version: string }): StoredTask => ({
    id: row.id,
    version: Number(row.version),
    json: taskJson(userId, row),
  });

  /** Runs a statement about one task, and returns its row. */
  async function runOnTask<Row>(id: bigint, statement: Statement<Row>, versions: Versions = null): Promise<Row> {
    const [row] = await run(statement);
    return row ?? explainMiss(id, versions);
  }

  /** Finds out why no row matched, with a second statement if that is not always a 404. */
  async function explainMiss(id: bigint, versions: Versions): Promise<never> {
    const needsOwner = revealsForeign || versions !== null;
    const [found] = needsOwner ? await run(queries.selectOwnership({ userId, id })) : [];
    const isOwn = found?.isOwn === 't';
    if (isOwn && versions) throw new ApiError('version_mismatch');
    if (found && !isOwn && revealsForeign) throw new ApiError('forbidden');
    throw new ApiError('not_found', { detail: 'Task not found' });
  }

  return {
    page({ completed, after, limit }: PageOptions): Promise<Page> {
      const select: SelectRows = (limit, maxDescriptionBytes) => {
        const values = { userId, completed: completed ?? null, limit, maxDescriptionBytes };
        return run(after ? queries.selectPageAfter({ ...values, ...after }) : queries.selectFirstPage(values));
      };
      return fillPage(select, userId, limit);
    },

    async create(fields: CreateTask): Promise<StoredTask> {
      const [row] = await run(queries.insertTask({ userId, ...fields })).catch(rejectDeletedUser);
      if (!row) throw new Error('an insert returned no row');
      return toStoredTask(row);
    },

    /**
     * Creates a task unless this key has created it already. The key is claimed in the same statement.
     *
     * @throws {ApiError} `idempotency_key_reused` if the key came with another request.
     */
    async createOnce(key: string, fields: CreateTask): Promise<StoredTask> {
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
      return toStoredTask(await runOnTask(id, queries.selectTask({ userId, id })));
    },

    /** The task stays as it is if the update changes nothing. */
    async update(id: bigint, fields: UpdateTask, versions: Versions): Promise<StoredTask> {
      const task = { userId, id, versions };
      const onlyToggles = fields.toggles && fields.sets.length === 0;
      const statement = onlyToggles ? queries.toggleTask(task) : queries.updateTask({ ...task, ...fields });
      return toStoredTask(await runOnTask(id, statement, versions));
    },

    async remove(id: bigint, versions: Versions): Promise<void> {
      await runOnTask(id, queries.deleteTask({ userId, id, versions }), versions);
    },
  };
}
