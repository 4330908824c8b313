/**
 * SQLSTATE classes of transient errors: connection (08), read-only during a fail-over (25), login (28), unknown
 * database (3D), rollback (40), resources (53), object in use (55), operator intervention (57), system (58), and
 * internal (XX), with which poolers report a server that they cannot reach.
 */
const transientClasses = new Set(['08', '25', '28', '3D', '40', '53', '55', '57', '58', 'XX']);

const CONNECTION_FAILED = 'connection failed';

/** A statement that failed, without its SQL, its parameters or the driver's message. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
  /** What happened, in fixed words, for the log. */
  readonly reason: string;
  /** PostgreSQL's code; undefined where the error did not come from PostgreSQL. */
  readonly sqlstate: string | undefined;
  /** Whether the same request may succeed later. */
  readonly transient: boolean;
  /** Whether the connection broke, so that a new one may succeed at once. */
  readonly connectionBroke: boolean;

  constructor(reason: string, sqlstate?: string) {
    super(reason);
    this.reason = reason;
    this.sqlstate = sqlstate;
    this.connectionBroke = reason === CONNECTION_FAILED || /^(08|57P)/.test(sqlstate ?? '');
    this.transient = sqlstate === undefined || transientClasses.has(sqlstate.slice(0, 2));
  }
}

/**
 * Tells what a driver's error means. Without an SQLSTATE it did not come from PostgreSQL: a connection was refused,
 * reset or cut short, or the response was not PostgreSQL's.
 */
export function toDatabaseError(error: unknown): DatabaseError {
  if (error instanceof DatabaseError) return error;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code)
    ? new DatabaseError('statement refused', code)
    : new DatabaseError(CONNECTION_FAILED);
}
