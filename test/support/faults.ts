/** What goes wrong between the Worker and PostgreSQL; the tests' setup has a port for each. */
export const tcpFaults = [
  'refused',
  'closed',
  'swallowed',
  'reset',
  'half-open',
  'truncated',
  'delayed',
  'sliced',
  'closed-once',
] as const;

export type TcpFault = (typeof tcpFaults)[number];

/** What goes wrong at Neon's endpoint; a database of such a name has the fault. */
export const neonFaults = [
  'closed',
  'swallowed',
  'status-500',
  'status-502',
  'html',
  'truncated',
  'delayed',
  'closed-once',
] as const;

export type NeonFault = (typeof neonFaults)[number];

/** The faults that slow an answer down and do not prevent it. */
export const mild: string[] = ['delayed', 'sliced'];

/** Every other connection (over HTTP, request) is closed: who tries again at once succeeds. For tests that take turns. */
export const passing = 'closed-once';
