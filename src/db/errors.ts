import { cloudflareFailures, networkFailure } from '../network-failure.ts';

/** Whether a read may be sent again: at once on a new connection, or after a pause in which the server may recover. */
type Retry = 'never' | 'at once' | 'after a pause';

/** What one kind of failure means. */
export type Meaning = {
  /** What happened, in fixed words, for the log. */
  reason: string;
  /** Whether the same request may succeed later: a 503, else a 500. */
  transient: boolean;
  retry: Retry;
};

/** The codes that came with a failure, as the log names them. */
type Codes = { sqlstate?: string; http_status?: number };

/** A statement that failed, without its SQL, its parameters or the driver's message. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
  readonly meaning: Meaning;
  readonly codes: Codes;

  constructor(meaning: Meaning, codes: Codes = {}) {
    super(meaning.reason);
    this.meaning = meaning;
    this.codes = codes;
  }
}

const lasting = (reason: string): Meaning => ({ reason, transient: true, retry: 'never' });
const broken = (reason: string): Meaning => ({ reason, transient: true, retry: 'at once' });
const busy = (reason: string): Meaning => ({ reason, transient: true, retry: 'after a pause' });
const bug = (reason: string): Meaning => ({ reason, transient: false, retry: 'never' });

export const timedOut = lasting('timed out');
export const tablesMissing = lasting(
  'no table of ours in the search_path, and this role may not create them: run npm run db:migrate',
);
export const wrongEncoding = bug('the encoding of the database is not UTF-8');
const untrusted = lasting('TLS failed: a certificate of a private CA needs Hyperdrive');
const schemaMismatch = bug(
  'a table is not as this version needs it: it may be another program’s, or need npm run db:migrate',
);

/** By SQLSTATE, or its class. */
const sqlstates: Record<string, Meaning> = {
  '08': broken('connection lost'),
  '25': lasting('the database is read-only'),
  '28': lasting('the server refuses this user, or requires TLS (sslmode=require)'),
  '28P01': lasting('password or user refused'),
  '3D000': lasting('the database does not exist'),
  '3F000': lasting('the search_path names no schema that exists'),
  '40': lasting('rolled back'),
  '42': schemaMismatch,
  '42501': bug('the role lacks a privilege'),
  '22P02': schemaMismatch,
  '23502': schemaMismatch,
  '42P01': lasting('the migrations are recorded, but the search_path has no table of ours'),
  '53300': lasting('too many connections'),
  '53': lasting('out of resources'),
  '55': lasting('object in use'),
  '57014': lasting('statement cancelled'),
  '57P03': busy('the database is starting or shutting down'),
  '57': broken('the database is shutting down'),
  '58': lasting('the pooler cannot reach the database'),
  '0A000': wrongEncoding, // From an escape in our migrations that the encoding lacks.
  '22P05': wrongEncoding,
  '22021': wrongEncoding,
  XX: lasting('internal error of the database or its pooler'),
};

/** What Neon's proxy says in a 400 or 500 without an SQLSTATE. Only our own words go to the log. */
const neonPhrases: [RegExp, Meaning][] = [
  [/password authentication failed/i, lasting('password or user refused')],
  [/endpoint .*(disabled|suspended)/i, lasting('the Neon endpoint is disabled')],
  [/endpoint .*(not found|could not be found|does not exist)|endpoint id/i, lasting('there is no such Neon endpoint')],
  [/ip address|not allowed to connect/i, lasting('Neon does not allow this address')],
  [/database .* does not exist/i, lasting('the database does not exist')],
  [/quota|exceeded the .*(limit|time)/i, lasting('the Neon quota is used up')],
  [/too many (connections|clients|database connection)|connection permit|53300/i, lasting('too many connections')],
  [/starting up|57P03/i, busy('the database is starting or shutting down')],
  [/closed|terminated|lost|reset|broken/i, broken('connection lost')],
];

const neonStatuses: Record<number, Meaning> = {
  402: lasting('the Neon quota is used up'),
  413: bug('the statement is too large for Neon'),
  429: lasting('Neon limits the rate of requests'),
  507: bug('the response is too large for Neon'),
};

/** @returns what an error with a SQLSTATE means. */
function fromSqlstate(sqlstate: string): DatabaseError {
  const meaning = sqlstates[sqlstate] ?? sqlstates[sqlstate.slice(0, 2)] ?? bug('statement refused');
  return new DatabaseError(meaning, { sqlstate });
}

/** @returns what an error of Neon's HTTP driver means. */
export function fromNeonError(error: unknown): DatabaseError {
  const { message = '', code, sourceError } = describe(error);
  if (isSqlstate(code)) return fromSqlstate(code);
  if (sourceError !== undefined) return new DatabaseError(unreachable(networkFailure(sourceError)));
  const status = Number(/^Server error \(HTTP status (\d{3})\)/.exec(message)?.[1] ?? 0);
  const networkReason = cloudflareFailures[status];
  const byStatus = networkReason ? unreachable(networkReason) : neonStatuses[status];
  const phrase = neonPhrases.find(([pattern]) => pattern.test(message))?.[1];
  const other = status >= 500 ? busy(`Neon responded with status ${status}`) : lasting('not a response of Neon');
  return new DatabaseError(byStatus ?? phrase ?? other, status ? { http_status: status } : {});
}

/** What `pg` itself says before a server has sent an SQLSTATE. */
const pgPhrases: [RegExp, Meaning][] = [
  [/does not support SSL/, lasting('the server does not offer TLS')],
  [/error establishing an SSL/, lasting('not a response of PostgreSQL')],
  [/client password must be/, lasting('password or user refused')],
];

/** @returns what an error of `pg` means: without a SQLSTATE, the connection failed. */
export function fromTcpError(error: unknown): DatabaseError {
  const { message = '', code } = describe(error);
  if (isSqlstate(code)) return fromSqlstate(code);
  const phrase = pgPhrases.find(([pattern]) => pattern.test(message))?.[1];
  if (phrase) return new DatabaseError(phrase);
  const reason = networkFailure(error);
  return new DatabaseError(reason === 'TLS refused' ? untrusted : unreachable(reason));
}

/** Failures of one connection: the next one may succeed. */
const ofOneConnection = ['connection failed', 'connection refused', 'connection refused or host not found'];

function unreachable(reason: string): Meaning {
  return ofOneConnection.includes(reason) ? broken(reason) : lasting(reason);
}

type DriverError = { message?: string; code?: string; sourceError?: unknown };

function describe(error: unknown): DriverError {
  return error instanceof Error ? (error as DriverError) : {};
}

function isSqlstate(code: unknown): code is string {
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code);
}
