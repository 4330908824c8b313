import { fillPlaceholders, type Query, type SQLWrapper } from 'drizzle-orm';
import { PgDialect } from 'drizzle-orm/pg-core';
import { drizzle } from 'drizzle-orm/pg-proxy';

/** What a driver sends: the text of a statement, and the values of its parameters. `Row` is what comes back. */
export type BoundStatement<Row> = Pick<Query, 'sql' | 'params'> & {
  /** Whether it surely changes nothing, and so may be sent twice. */
  isRead?: boolean;
  readonly row?: Row;
};

/** Drizzle, to write queries with. It sends none: a connection is one request's, while the text of a statement is everyone's. */
export const queries = drizzle(() => Promise.reject(new Error('statements are sent by a Connection')));

const dialect = new PgDialect();

/**
 * A statement that Drizzle writes once, when it is first needed: to write it takes longer than all else that a Worker
 * does for a short list. The rows that it yields have the names that its columns have in SQL.
 *
 * @returns what gives the placeholders of the statement their values.
 */
function statement<Values extends Record<string, unknown>, Row>(isRead: boolean, write: () => SQLWrapper) {
  let written: Query | undefined;
  return (values: Values): BoundStatement<Row> => {
    written ??= dialect.sqlToQuery(write().getSQL());
    return { sql: written.sql, params: fillPlaceholders(written.params, values), isRead };
  };
}

/** A `statement` that changes nothing. */
export function reading<Values extends Record<string, unknown>, Row>(write: () => SQLWrapper) {
  return statement<Values, Row>(true, write);
}

/** A `statement` that changes rows, and is never sent twice by itself. */
export function writing<Values extends Record<string, unknown>, Row>(write: () => SQLWrapper) {
  return statement<Values, Row>(false, write);
}
