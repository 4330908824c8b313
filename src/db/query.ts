/** A row as both drivers return it: each column as PostgreSQL's text, or null. */
// biome-ignore lint/suspicious/noExplicitAny: each query's row type says what it is.
export type Columns = any[];

/** Makes both drivers leave every value as PostgreSQL's text. */
export const textTypes = { getTypeParser: () => (value: string) => value };

/** A statement with its values, ready to be sent. */
export type Statement<Row> = {
  /** If it begins with `select`, it changes nothing, and so may be sent twice. */
  sql: string;
  /** The values, in the order of their placeholders. */
  params: object;
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

/** The types of a query that is written with Drizzle: the values that it takes, and the row that it returns. */
export type QueryTypes<Values, Row> = { readonly types?: { values: Values; row: Row } };

type TypesOf<Q extends QueryTypes<unknown, unknown>> = NonNullable<Q['types']>;

/** The row of a query that is written with Drizzle, as PostgreSQL's text. */
export type RowOf<Q extends QueryTypes<unknown, unknown>> = TypesOf<Q>['row'];

/** A query as `npm run db:generate` writes it. It is a type error if the SQL does not use one of the values. */
export type Query<Q extends QueryTypes<object, unknown>> = (
  values: TypesOf<Q>['values'],
) => Statement<RowOf<Q>> & { params: TypesOf<Q>['values'] };
