import { query } from './postmaster.ts';

/** No row; any other state is a completion flag and a title. */
const MISSING = 'missing';

const stateOf = (completed: boolean, title: string) => `${completed} ${title}`;

/** What a write makes of a state. A missing task stays missing. */
export const changes = {
  create: (title: string) => () => stateOf(false, title),
  rename: (title: string) => (state: string) => (state === MISSING ? state : stateOf(state.startsWith('true'), title)),
  toggle: (state: string) => state.replace(/^\w+/, (flag) => ({ true: 'false', false: 'true' })[flag] ?? flag),
  remove: () => MISSING,
};

/** What the tasks of one writer may be, and which task each `Idempotency-Key` created. */
export class Ledger {
  readonly keys = new Map<string, string>();
  /** By description, which no write changes. */
  private readonly states = new Map<string, Set<string>>();

  /** A write that was not acknowledged leaves two possibilities. */
  record(description: string, change: (state: string) => string, isAcknowledged: boolean): void {
    const before = [...(this.states.get(description) ?? [MISSING])];
    this.states.set(description, new Set([...before.map(change), ...(isAcknowledged ? [] : before)]));
  }

  /** Counts how the database differs. */
  async compare(adminUrl: string, userId: string): Promise<Record<string, number>> {
    const tasks = `select description, is_completed || ' ' || title as state from tasks where user_id = $1`;
    const keys = 'select key, task_id as id from idempotency_keys where user_id = $1';
    const rows = await query<{ description: string; state: string }>(adminUrl, tasks, [userId]);
    const keyRows = await query<{ key: string; id: string }>(adminUrl, keys, [userId]);
    const stored = new Map(rows.map(({ description, state }) => [description, state]));
    const wrong = [...this.states].filter(([description, states]) => !states.has(stored.get(description) ?? MISSING));
    return {
      lost: wrong.filter(([description]) => !stored.has(description)).length,
      doubled: rows.length - stored.size,
      changed: wrong.filter(([description]) => stored.has(description)).length,
      unknown: rows.filter(({ description }) => !this.states.has(description)).length,
      unknownKeys: keyRows.filter(({ key, id }) => this.keys.get(key) !== id).length,
      lostKeys: [...this.keys.keys()].filter((key) => !keyRows.some((row) => row.key === key)).length,
    };
  }
}
