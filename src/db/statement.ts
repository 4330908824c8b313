/** What a driver sends: the text of a statement, and the values of its parameters. `Row` is what comes back. */
export type BoundStatement<Row> = {
  sql: string;
  params: unknown[];
  /** Whether it surely changes nothing, and so may be sent twice. */
  isRead?: boolean;
  readonly row?: Row;
};

/** A statement without the values that change: each of its parameters is a value that does not, or the name of one. */
export type WrittenStatement = Pick<BoundStatement<unknown>, 'sql' | 'isRead'> & {
  params: ({ name: string } | { value: unknown })[];
};

/** A statement that waits for its values. The rows that it yields have the names that its columns have in SQL. */
export type Statement<Values, Row> = { (values: Values): BoundStatement<Row>; written: WrittenStatement };

/**
 * @returns what gives a statement its values.
 * @throws {Error} where one of them is missing: as null it could mean "any".
 */
export function statement<Values extends Record<string, unknown>, Row>(
  written: WrittenStatement,
): Statement<Values, Row> {
  const { sql, params, isRead = false } = written;
  const bind = (values: Values) => ({
    sql,
    params: params.map((param) => ('name' in param ? given(param.name, values) : param.value)),
    isRead,
  });
  return Object.assign(bind, { written });
}

function given(name: string, values: Record<string, unknown>): unknown {
  if (values[name] === undefined) throw new Error(`a statement lacks its ${name}`);
  return values[name];
}
