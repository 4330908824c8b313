import { is, Param, Placeholder, type SQLWrapper, sql } from 'drizzle-orm';
import { PgDialect } from 'drizzle-orm/pg-core';
import { drizzle } from 'drizzle-orm/pg-proxy';
import type { QueryTypes } from './query.ts';

/** Drizzle, to write queries with. It sends none: `npm run db:generate` compiles them, and no Worker loads Drizzle. */
export const db = drizzle(() => Promise.reject(new Error('queries are compiled, and sent by db/client.ts')));

type DrizzleQuery<Row> = SQLWrapper & PromiseLike<Row[]> & { prepare: (name: string) => object };

/** Each value of a query as a placeholder. */
export type Placeholders<Values> = { [Name in keyof Values & string]: Placeholder<Name, Values[Name]> };

/** A row whose values are PostgreSQL's text. */
type TextRow<Row> = { [Column in keyof Row]: null extends Row[Column] ? string | null : string };

/** A query that is written with Drizzle, and what becomes of it. */
export type SourceQuery<Values, Row> = QueryTypes<Values, TextRow<Row>> & {
  sql: string;
  params: string[];
  columns: string[];
};

const dialect = new PgDialect();

/** Compiles a query whose values are placeholders. */
export function query<Values, Row>(
  build: (values: Placeholders<Values>) => DrizzleQuery<Row>,
): SourceQuery<Values, Row> {
  const placeholders = new Proxy({}, { get: (_, name) => sql.placeholder(String(name)) }) as Placeholders<Values>;
  const built = build(placeholders);
  const { sql: text, params } = dialect.sqlToQuery(built.getSQL());
  const names = params.map(nameOf);
  const distinct = [...new Set(names)];
  const numbered = text.replaceAll(/\$(\d+)/g, (_, number) => `$${distinct.indexOf(names[number - 1] ?? '') + 1}`);
  return { sql: numbered, params: distinct, columns: columnsOf(built) };
}

/** @throws {Error} if a value is not a placeholder: the text of a query is the same for all requests. */
function nameOf(param: unknown): string {
  const value = is(param, Param) ? param.value : param;
  if (is(value, Placeholder)) return value.name;
  throw new Error('a query may hold placeholders and SQL, but no values');
}

function columnsOf(query: DrizzleQuery<unknown>): string[] {
  const fields: { path: string[] }[] = Reflect.get(query.prepare(''), 'fields') ?? [];
  return fields.map(({ path }) => path.join('.'));
}
