import { desc, type SQL, sql } from 'drizzle-orm';
import { tasks } from '../db/schema.ts';
import { reading } from '../db/statement.ts';
import { own } from './statements.ts';
import { wireColumns } from './wire.ts';

/** Bytes of titles and descriptions after which a page ends, be it ever so short of its limit. */
const LARGEST_PAGE = 4_000_000;

/** Bytes of a description up to which a page of a thousand is about as large at most. */
const SMALL_DESCRIPTION = 4_000;

const { placeholder } = sql;

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
const pageOf = (more: SQL) =>
  reading<PageOf, PageRow>(
    () => sql`
      select coalesce(string_agg(row_to_json(task)::text, ',') filter (where ${isSmall}), '') as items,
        coalesce(bool_and(${isSmall}), true) as "isSmall",
        case when count(*) = ${limit} and ${more} then ${lastPosition} end as next
      from (select ${wireColumns} from ${tasks} where ${listed} order by ${newestFirst} limit ${limit}) as task`,
  );

/** A page that says whether there is another. */
export const selectPage = pageOf(
  sql`exists (select from ${tasks} where ${listed} order by ${newestFirst} offset ${limit} limit 1)`,
);

/** A piece of a list that is read to its end, where an empty one does no harm. To look ahead is a sixth of a short list's cost. */
export const selectPiece = pageOf(sql`true`);

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
