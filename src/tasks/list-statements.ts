import { desc, type SQL, sql } from 'drizzle-orm';
import { reading } from '../db/queries.ts';
import { tasks } from '../db/schema.ts';
import { SEPARATOR } from './list-query.ts';
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

/** Null where there is no task. */
type Items = { items: string | null };

/** The JSON of each `task`, or nothing where it is left out. */
const items = (isLeftOut: SQL) =>
  sql`string_agg(case when ${isLeftOut} then '' else row_to_json(task)::text end, ${sql.raw(`'${SEPARATOR}'`)}) as items`;

/** Some tasks, newest first. If one is left out for its long description, `selectLargePage` is to be asked instead. */
export const selectPage = reading<PageOf, Items>(
  sql`
    select ${items(sql.raw(`octet_length(task.description) > ${SMALL_DESCRIPTION}`))}
    from (select ${wireColumns} from ${tasks} where ${listed} order by ${newestFirst} limit ${limit}) as task`,
);

/** The same of tasks that may be very large: all that would be too much for a Worker are left out. To count bytes takes time. */
export const selectLargePage = reading<PageOf, Items>(
  sql`
    with candidates as (
      select *, coalesce(sum(${size}) over newest, 0) < ${sql.raw(`${LARGEST_PAGE}`)} as fits
      from ${tasks} where ${listed}
      window newest as (order by ${newestFirst} rows between unbounded preceding and 1 preceding)
      order by ${newestFirst} limit ${limit}
    )
    select ${items(sql`not fits`)} from candidates as tasks, lateral (select ${wireColumns}) as task`,
);
