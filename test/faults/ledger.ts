import { query } from './postmaster.ts';
import type { Expected, Writer } from './writer.ts';

/** How the database differs from the ledgers. Only `unacknowledged` may be above 0. */
export type Differences = {
  /** Created, not deleted, and missing. */
  lost: number;
  /** Stored more than once. */
  doubled: number;
  /** Stored with a title or a completion flag other than the last acknowledged one. */
  changed: number;
  /** Deleted, and still stored. */
  undeleted: number;
  /** Keys stored with no task, with another task, or without an acknowledgement. */
  misled: number;
  /** Stored, and not sent by any writer. */
  unknown: number;
  /** Stored, after a creation without a key that was answered with 503. */
  unacknowledged: number;
};

type Row = { id: string; title: string; mark: string; completed: boolean };

export async function compareWithLedgers(adminUrl: string, writers: Writer[]): Promise<Differences> {
  const users = [writers.map(({ userId }) => userId)];
  const tasks = `select id, title, description as mark, is_completed as completed from tasks where user_id = any($1)`;
  const keys = `select key, task_id as id from idempotency_keys where user_id = any($1)`;
  return {
    ...compareTasks(await query<Row>(adminUrl, tasks, users), writers),
    misled: countMisled(await query<{ key: string; id: string }>(adminUrl, keys, users), writers),
  };
}

function compareTasks(rows: Row[], writers: Writer[]): Omit<Differences, 'misled'> {
  const expected = new Map(writers.flatMap(({ tasks }) => [...tasks]));
  const uncertain = new Set(writers.flatMap((writer) => [...writer.uncertain]));
  const stored = new Map(rows.map((row) => [row.id, row]));
  const count = (differs: (task: Expected, row: Row | undefined) => unknown) =>
    [...expected].filter(([id, task]) => differs(task, stored.get(id))).length;
  return {
    lost: count(({ isStored }, row) => !row && !isStored.has(false)),
    doubled: rows.length - new Set(rows.map(({ mark }) => mark)).size,
    changed: count((task, row) => row && !isAsExpected(row, task)),
    undeleted: count(({ isStored }, row) => row && !isStored.has(true)),
    unknown: rows.filter(({ id, mark }) => !expected.has(id) && !uncertain.has(mark)).length,
    unacknowledged: rows.filter(({ mark }) => uncertain.has(mark)).length,
  };
}

function isAsExpected({ mark, title, completed }: Row, task: Expected): boolean {
  return mark === task.mark && task.titles.has(title) && task.completed.has(completed);
}

function countMisled(rows: { key: string; id: string }[], writers: Writer[]): number {
  const stored = new Map(rows.map(({ key, id }) => [key, id]));
  const acknowledged = writers.flatMap(({ keys }) => [...keys]);
  return acknowledged.filter(([key, id]) => stored.get(key) !== id).length + rows.length - acknowledged.length;
}
