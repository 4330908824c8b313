/** A row as both drivers return it: each column as PostgreSQL's text, or null. */
// biome-ignore lint/suspicious/noExplicitAny: what arrives is unknown to the compiler; each query's own row type says it.
export type Columns = any[];

/** A statement with its values, ready to be sent. */
export type Statement<Row> = {
  sql: string;
  params: unknown[];
  /** Whether it changes nothing, and so may be sent twice. */
  isRead: boolean;
  /** Names the columns. */
  toRow: (columns: Columns) => Row;
};

/**
 * Runs one statement.
 *
 * @returns its rows.
 * @throws {DatabaseError}
 */
export type Run = <Row>(statement: Statement<Row>) => Promise<Row[]>;

/** Sends one statement over one transport. Rejects with a `DatabaseError`. */
export type Send = (statement: Pick<Statement<unknown>, 'sql' | 'params'>, deadline: AbortSignal) => Promise<Columns[]>;

/** A query without its values: what `npm run db:generate` writes. */
export type CompiledQuery<Row> = Omit<Statement<Row>, 'params'> & { params: string[] };

/** The types of a query that is written with Drizzle: the values that it takes, and the row that it returns. */
export type QueryTypes<Values, Row> = { readonly types?: { values: Values; row: Row } };

type TypesOf<Q extends QueryTypes<unknown, unknown>> = NonNullable<Q['types']>;

/** @returns a function that gives a query its values. */
export function compiled<Q extends QueryTypes<object, unknown>>({
  params,
  ...rest
}: CompiledQuery<TypesOf<Q>['row']>): (values: TypesOf<Q>['values']) => Statement<TypesOf<Q>['row']> {
  return (values) => ({ ...rest, params: params.map((name) => requireValue(name, values)) });
}

/** @throws {Error} where a value is missing: sent as null, it could mean "any". */
function requireValue(name: string, values: object): unknown {
  const value: unknown = Reflect.get(values, name);
  if (value === undefined) throw new Error(`the query has no value for ${name}`);
  return value;
}
