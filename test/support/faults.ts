const commonFaults = ['closed', 'swallowed', 'truncated', 'delayed', 'closed-once'] as const;

/** Faults of the connection between the Worker and PostgreSQL; the tests' setup has a port for each. */
export const tcpFaults = [...commonFaults, 'refused', 'reset', 'half-open', 'sliced'] as const;

/** Faults of Neon's endpoint; a database with the name of a fault has it. */
export const neonFaults = [...commonFaults, 'status-500', 'status-502', 'html'] as const;

export type TcpFault = (typeof tcpFaults)[number];
export type NeonFault = (typeof neonFaults)[number];

/** The faults that delay a response and do not prevent it. */
export const mildFaults: string[] = ['delayed', 'sliced'];

/** The faults that a client notices only when its time limit expires. */
export const silentFaults: string[] = ['swallowed', 'half-open'];

/** Every other connection (over HTTP, request) is closed, so that a retry succeeds. Its tests must run one by one. */
export const CLOSED_ONCE = 'closed-once';
