/** A row as both drivers return it: each column as PostgreSQL's text, or null. */
// biome-ignore lint/suspicious/noExplicitAny: what arrives is unknown to the compiler; each query's own row type says it.
export type Columns = any[];

/** Makes both drivers leave every value as PostgreSQL's text. */
export const textTypes = { getTypeParser: () => (value: string) => value };

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

/** What a transport sends of a statement. */
export type SqlText = Pick<Statement<unknown>, 'sql' | 'params'>;

/** The types of a query that is written with Drizzle: the values that it takes, and the row that it returns. */
export type QueryTypes<Values, Row> = { readonly types?: { values: Values; row: Row } };

type TypesOf<Q extends QueryTypes<unknown, unknown>> = NonNullable<Q['types']>;

/** The row of a query that is written with Drizzle, as PostgreSQL's text. */
export type RowOf<Q extends QueryTypes<unknown, unknown>> = TypesOf<Q>['row'];

/** A query without its values: what `npm run db:generate` writes. A value that the query does not use is a type error. */
export type CompiledQuery<Values, Row> = Omit<Statement<Row>, 'params'> & {
  /** The placeholder of each value. */
  params: Record<keyof Values & string, string>;
};

/** @returns a function that gives a query its values. */
export function compiled<Q extends QueryTypes<object, unknown>>({
  params,
  ...rest
}: CompiledQuery<TypesOf<Q>['values'], RowOf<Q>>): (values: TypesOf<Q>['values']) => Statement<RowOf<Q>> {
  const names = Object.keys(params);
  return (values) => ({ ...rest, params: names.map((name) => requireValue(name, values)) });
}

/** @throws {Error} if a value is missing: sent as null, it could mean "any". */
function requireValue(name: string, values: object): unknown {
  const value: unknown = Reflect.get(values, name);
  if (value === undefined) throw new Error(`the query has no value for ${name}`);
  return value;
}
