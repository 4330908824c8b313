import { query } from './postmaster.ts';
import type { Writer } from './writer.ts';

/** How the database differs from what was acknowledged. All but the last must be 0. */
export type Differences = {
  /** Acknowledged as created and not as deleted, and not there. */
  lost: number;
  /** There more than once. */
  doubled: number;
  /** There with another title or state than the last that was acknowledged. */
  changed: number;
  /** Acknowledged as deleted, and there. */
  undeleted: number;
  /** Keys that name no task, or another one than they were acknowledged to have created. */
  misled: number;
  /** There, and nobody sent it. */
  unknown: number;
  /** Creations without a key that were answered 503 and are there: nobody is told that they are not. */
  unacknowledged: number;
};

type Row = { id: string; title: string; mark: string; completed: boolean };
type Key = { key: string; id: string };

/** Compares the tables with the books of all writers. */
export async function compare(adminUrl: string, writers: Writer[]): Promise<Differences> {
  const users = writers.map(({ user }) => user);
  const rows = await query<Row>(
    adminUrl,
    'select id, title, description as mark, is_completed as completed from tasks where user_id = any($1)',
    [users],
  );
  const keys = await query<Key>(adminUrl, 'select key, task_id as id from idempotency_keys where user_id = any($1)', [
    users,
  ]);
  return { ...compareTasks(rows, writers), misled: misledKeys(keys, writers) };
}

function compareTasks(rows: Row[], writers: Writer[]): Omit<Differences, 'misled'> {
  const tasks = new Map(writers.flatMap((writer) => [...writer.tasks]));
  const uncertain = new Set(writers.flatMap((writer) => [...writer.uncertain]));
  const byId = new Map(rows.map((row) => [row.id, row]));
  const expected = [...tasks].map(([id, task]) => ({ task, row: byId.get(id) }));
  const isChanged = (row: Row | undefined, { mark, titles, completed }: (typeof expected)[number]['task']) =>
    row !== undefined && !(row.mark === mark && titles.has(row.title) && completed.has(row.completed));
  return {
    lost: expected.filter(({ task, row }) => !row && !task.there.has(false)).length,
    doubled: rows.length - new Set(rows.map(({ mark }) => mark)).size,
    changed: expected.filter(({ task, row }) => isChanged(row, task)).length,
    undeleted: expected.filter(({ task, row }) => row && !task.there.has(true)).length,
    unknown: rows.filter(({ id, mark }) => !tasks.has(id) && !uncertain.has(mark)).length,
    unacknowledged: rows.filter(({ mark }) => uncertain.has(mark)).length,
  };
}

/** Each key has one row, and it names the task that was acknowledged; where the task lives is compared above. */
function misledKeys(rows: Key[], writers: Writer[]): number {
  const ids = new Map(rows.map(({ key, id }) => [key, id]));
  const acknowledged = writers.flatMap((writer) => [...writer.keys]);
  const wrong = acknowledged.filter(([key, id]) => ids.get(key) !== id).length;
  return wrong + Math.max(0, rows.length - acknowledged.length);
}
