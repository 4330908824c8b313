/**
 * SQLSTATE classes of failures that pass: connection (08), login (28), unknown database (3D), rolled back (40),
 * resources (53), object in use (55), operator intervention and cancelled statements (57), system (58),
 * internal, which is what poolers say of a server that they cannot reach (XX), and read-only during a fail-over (25).
 */
const transientClasses = new Set(['08', '25', '28', '3D', '40', '53', '55', '57', '58', 'XX']);

const CONNECTION_FAILED = 'connection failed';

/** A statement that failed, told without its text, its parameters or the driver's words. */
export class DatabaseFailure extends Error {
  override readonly name = 'DatabaseFailure';
  /** What happened, in fixed words. */
  readonly reason: string;
  /** PostgreSQL's code for it; none where the server never said one. */
  readonly sqlstate: string | undefined;
  /** Whether the same request may succeed later. */
  readonly transient: boolean;
  /** Whether the connection broke, so that another may do at once. */
  readonly broken: boolean;

  constructor(reason: string, sqlstate?: string) {
    super(reason);
    this.reason = reason;
    this.sqlstate = sqlstate;
    this.broken = reason === CONNECTION_FAILED || /^(08|57P)/.test(sqlstate ?? '');
    this.transient = sqlstate === undefined || transientClasses.has(sqlstate.slice(0, 2));
  }
}

/**
 * What a driver's error means. An error without an SQLSTATE never came from PostgreSQL: a connection
 * refused, reset or cut short, or an answer that was not PostgreSQL's.
 */
export function failureOf(error: unknown): DatabaseFailure {
  if (error instanceof DatabaseFailure) return error;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code)
    ? new DatabaseFailure('statement refused', code)
    : new DatabaseFailure(CONNECTION_FAILED);
}

/** @returns the failure of the database that an error is, or that a library wrapped in it; else undefined. */
export function databaseFailure(error: unknown): DatabaseFailure | undefined {
  if (error instanceof DatabaseFailure) return error;
  return error instanceof Error && error.cause ? databaseFailure(error.cause) : undefined;
}
