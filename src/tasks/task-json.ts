import type { RowOf } from '../db/query.ts';
import { toIsoString } from './iso-date.ts';
import type { selectTask } from './queries.ts';

/** A task as a query returns it: as PostgreSQL's text, flags as `t` or `f`, dates in seconds since 1970. */
export type TaskRow = Omit<RowOf<typeof selectTask>, 'version'>;

/** @returns the JSON text of a user's task (`taskSchema`). Numbers and flags are not parsed. */
export function taskJson(
  userId: string,
  { id, title, description, isCompleted, createdAt, updatedAt }: TaskRow,
): string {
  const completed = isCompleted === 't';
  return `{"id":${id},"user_id":${JSON.stringify(userId)},"title":${JSON.stringify(title)},"description":${JSON.stringify(description)},"completed":${completed},"is_completed":${completed},"created_at":${dateJson(createdAt)},"updated_at":${dateJson(updatedAt)}}`;
}

function dateJson(epoch: string): string {
  const date = toIsoString(epoch);
  return date === null ? 'null' : `"${date}"`;
}
