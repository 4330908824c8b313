import { refusals } from './neon-errors.ts';

const commonFaults = ['closed', 'swallowed', 'truncated', 'delayed', 'closed-once'] as const;

/** PostgreSQL with TLS, whose certificate the runtime does not trust. */
export const PRIVATE_CA = 'private-ca';

/** Faults of the connection between the Worker and PostgreSQL; the tests' setup has a port for each. */
export const tcpFaults = [...commonFaults, 'refused', 'reset', 'half-open', 'sliced', PRIVATE_CA] as const;

/** Neon's control plane is away for as many requests; the next one succeeds. Its tests must run one by one. */
export const OUTAGE = 'outage';
export const OUTAGE_REQUESTS = 5;

/** Milliseconds that a compute takes to wake. */
export const wakingTimes: Record<string, number> = { 'waking-3s': 3_000, 'waking-6s': 6_000 };

const refused = Object.keys(refusals) as (keyof typeof refusals)[];

/** Faults of Neon's endpoint; a database with the name of a fault has it. */
export const neonFaults = [...commonFaults, ...refused, OUTAGE, 'waking-3s', 'waking-6s'] as const;

export type TcpFault = (typeof tcpFaults)[number];
export type NeonFault = (typeof neonFaults)[number];

/** Every other connection (over HTTP, request) is closed, so that a retry succeeds. Its tests must run one by one. */
export const CLOSED_ONCE = 'closed-once';
