import type { ColdStart } from './cold-start.ts';
import type { Role } from './servers.ts';
import type { StatementCount } from './statements.ts';

/** What is known of a run beside its samples. */
export type Facts = {
  /** Whether TCP went through PgBouncer. */
  pooled: boolean;
  /** Bytes of our Worker and of the floor, each with both drivers. */
  bundles: Record<'ours' | 'floor', { raw: number; gzip: number }>;
  coldStarts: Record<'empty' | 'bare Hono' | 'ours' | 'ours, first list' | 'floor, first list', ColdStart>;
  statements: StatementCount[];
  keySet: { requests: number; fetches: number };
  /** Megabytes that each server held after the load. */
  memory: Partial<Record<Role, number>>;
  seconds: number;
};
