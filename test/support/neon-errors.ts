import type pg from 'pg';

/** What Neon accepts in a request and in a response. */
export const MAX_BYTES = 64 * 1024 * 1024;

export type NeonResponse = { status: number; body: object | string };

const fields = [
  ...(['detail', 'hint', 'internalQuery', 'severity', 'where', 'table', 'column', 'schema', 'dataType'] as const),
  ...(['constraint', 'file', 'line', 'routine', 'position', 'internalPosition'] as const),
];

/** An error of Neon's proxy: all 17 fields, null unless PostgreSQL filled them; `code` is empty unless it said one. */
export function neonError(status: number, message: string, cause: Partial<pg.DatabaseError> = {}): NeonResponse {
  const values = fields.map((name) => [name, cause[name] ?? null]);
  return { status, body: { ...Object.fromEntries(values), message, code: cause.code ?? '' } };
}

/** What Neon's proxy, or Cloudflare in front of it, responds to a database of this name instead of a result. */
export const refusals = {
  'unknown-role': neonError(400, "password authentication failed for user 'nobody'"),
  'unknown-endpoint': neonError(
    400,
    "The requested endpoint could not be found, or you don't have access to it. Please check the provided ID and try again.",
  ),
  disabled: neonError(400, 'The endpoint has been disabled. Enable it using Neon API and retry.'),
  'address-refused': neonError(400, 'This IP address 203.0.113.7 is not allowed to connect to this endpoint.'),
  'lost-in-statement': neonError(400, 'connection closed'),
  quota: neonError(402, 'Your project has exceeded the compute time quota. Upgrade your plan to increase limits.'),
  'status-413': neonError(413, `request is too large (max is ${MAX_BYTES} bytes)`),
  'status-507': neonError(507, `response is too large (max is ${MAX_BYTES} bytes)`),
  'status-429': neonError(429, 'Rate limit exceeded'),
  'status-500': neonError(500, 'Control plane request failed'),
  'no-permit': neonError(
    500,
    'Failed to acquire permit to connect to the database. Too many database connection attempts are currently ongoing.',
  ),
  starting: neonError(500, 'FATAL: the database system is starting up (SQLSTATE 57P03)'),
  'status-502': { status: 502, body: '<html><title>502 Bad Gateway</title></html>' },
  'status-520': { status: 520, body: 'error code: 520' },
  'status-525': { status: 525, body: 'error code: 525' },
  'status-530': { status: 530, body: 'error code: 1016' },
  html: { status: 200, body: '<html>maintenance</html>' },
} satisfies Record<string, NeonResponse>;

/** PostgreSQL refused the connection. Neon tells a missing database alone by its code. */
export function refusedConnection({ message, code }: Partial<pg.DatabaseError>): NeonResponse {
  if (code === undefined) return neonError(500, 'Control plane request failed');
  if (code.startsWith('28')) return neonError(400, message ?? '');
  return code === '3D000' ? neonError(400, message ?? '', { code }) : neonError(500, `${message} (SQLSTATE ${code})`);
}
