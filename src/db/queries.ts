import { Column, is, Param, Placeholder, type SQLWrapper } from 'drizzle-orm';
import { PgDialect } from 'drizzle-orm/pg-core';
import { drizzle } from 'drizzle-orm/pg-proxy';
import { type Statement, statement, type WrittenStatement } from './statement.ts';

/**
 * Drizzle, to write queries with. It sends none, and no Worker holds it: to load it would be a quarter of an isolate's
 * start, to write a statement longer than all else that a Worker does for a short list. So each is written once, when
 * the Worker is built (`scripts/prebundle.ts`).
 */
export const queries = drizzle(() => Promise.reject(new Error('statements are sent by a Connection')));

const dialect = new PgDialect();

/** A statement that changes nothing. */
export function reading<Values extends Record<string, unknown>, Row>(query: SQLWrapper): Statement<Values, Row> {
  return statement({ ...write(query), isRead: true });
}

/** A statement that changes rows, and is never sent twice by itself. */
export function writing<Values extends Record<string, unknown>, Row>(query: SQLWrapper): Statement<Values, Row> {
  return statement(write(query));
}

function write(query: SQLWrapper): WrittenStatement {
  const { sql, params } = dialect.sqlToQuery(query.getSQL());
  return { sql, params: params.map(parameter) };
}

function parameter(param: unknown): WrittenStatement['params'][number] {
  const value = is(param, Param) ? param.value : param;
  if (!is(value, Placeholder)) return { value };
  if (is(param, Param) && !isPlain(param)) throw new Error(`${value.name} has a type that drivers do not know`);
  return { name: value.name };
}

/** Whether a column takes values as they are. */
function isPlain({ encoder }: Param): boolean {
  return encoder.mapToDriverValue === Column.prototype.mapToDriverValue;
}
