/** A task as a query returns it: every column as PostgreSQL's text. */
export type TaskRow = {
  id: string;
  userId: string;
  title: string;
  description: string | null;
  /** `t` or `f`. */
  isCompleted: string;
  /** Seconds since 1970. */
  createdAt: string;
  updatedAt: string;
};

/** @returns the JSON text of a task (`taskSchema`). Numbers and flags are not parsed. */
export function taskJson({ id, userId, title, description, isCompleted, createdAt, updatedAt }: TaskRow): string {
  const completed = isCompleted === 't';
  return `{"id":${id},"user_id":${JSON.stringify(userId)},"title":${JSON.stringify(title)},"description":${JSON.stringify(description)},"completed":${completed},"is_completed":${completed},"created_at":${JSON.stringify(toIsoString(createdAt))},"updated_at":${JSON.stringify(toIsoString(updatedAt))}}`;
}

/**
 * @param epoch seconds since 1970, with milliseconds.
 * @returns ISO 8601 in UTC, with milliseconds; null for a date that JavaScript does not have, such as infinity.
 */
export function toIsoString(epoch: string): string | null {
  const date = new Date(Math.round(Number(epoch) * 1000));
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}
