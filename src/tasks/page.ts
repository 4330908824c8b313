import type { Position } from './cursor.ts';
import { toIsoString } from './iso-date.ts';
import { type TaskRow, taskJson } from './task-json.ts';

/** The tasks of a page, newest first: with this completion flag, after a position. */
export type PageOptions = { completed?: boolean | undefined; after?: Position | undefined; limit: number };

/** The tasks of a page as comma-separated JSON, their number, and the position of the last one if there are more. */
export type Page = { json: string; length: number; next: Position | undefined };

type PageRow = TaskRow & { descriptionBytes: string | null };

/** Selects the first rows of a page. A description of more bytes than `maxDescriptionBytes` is withheld, as null. */
export type SelectRows = (limit: number, maxDescriptionBytes: number) => Promise<PageRow[]>;

/** Bytes of JSON after which a page ends before its limit. */
const MAX_PAGE_BYTES = 500_000;

/** The greatest `int` of PostgreSQL. */
const UNLIMITED = 2 ** 31 - 1;

/** @returns `limit` tasks, or fewer if they are very large. */
export async function fillPage(select: SelectRows, userId: string, limit: number): Promise<Page> {
  const { rows, hasMore } = await selectFitting(select, limit);
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
  const next = last && (hasMore || isCut) ? positionOf(last) : undefined;
  return { json: tasks.join(','), length: tasks.length, next };
}

/** Descriptions longer than an equal share of a page are read by a second statement, for as many tasks as fit. */
async function selectFitting(select: SelectRows, limit: number): Promise<{ rows: PageRow[]; hasMore: boolean }> {
  const share = Math.floor(MAX_PAGE_BYTES / limit);
  const first = await select(limit + 1, share);
  const isWithheld = first.some(
    ({ description, descriptionBytes }) => description === null && descriptionBytes !== null,
  );
  if (!isWithheld) return { rows: first.slice(0, limit), hasMore: first.length > limit };
  let [fitting, bytes] = [0, 0];
  for (const row of first.slice(0, limit)) {
    bytes += Number(row.descriptionBytes);
    if (fitting > 0 && bytes > MAX_PAGE_BYTES) break;
    fitting++;
  }
  const rows = await select(fitting, UNLIMITED);
  if (rows.length === 0) return selectFitting(select, limit); // All were deleted meanwhile, and others may follow.
  const isSame = rows.at(-1)?.id === first[fitting - 1]?.id; // Else tasks were added meanwhile, and pushed others out.
  return { rows, hasMore: first.length > fitting || !isSame };
}

/** @throws {Error} for a date that another program made infinite. */
function positionOf(row: TaskRow): Position {
  const createdAt = toIsoString(row.createdAt);
  if (createdAt === null) throw new Error('a task has no place in a list');
  return { id: row.id, createdAt };
}
