import { check } from '../support/checks.ts';
import { PATIENCE } from '../support/workerd.ts';
import { tokenOf } from './canaries.ts';
import { open } from './client.ts';
import { whileHolding } from './garbage.ts';
import { type Postmaster, query } from './postmaster.ts';
import { type Worker, withWorkers } from './workers.ts';

/** How many lists are read at once. */
const LISTS = 4;
/** MiB that the isolate may hold more while they are read. Each list has 4 to 8. */
const MAX_HELD = 8;

/** Titles and descriptions that take much more memory than they have characters. */
const kinds = {
  'characters that JSON escapes sixfold': {
    amount: 1_000,
    title: '\u0001'.repeat(190),
    description: '\u0001'.repeat(480),
  },
  'descriptions of 1 MiB in two-byte characters': { amount: 8, title: 'x', description: `語${'x'.repeat(1_048_000)}` },
};

/** Lists of such tasks are read at the same time. */
export async function largeTasks({ url, adminUrl }: Postmaster): Promise<void> {
  const sql = 'insert into tasks (user_id, title, description) select $1, $2, $3 from generate_series(1, $4::int)';
  for (const [kind, { amount, title, description }] of Object.entries(kinds))
    await query(adminUrl, sql, [kind, title, description, amount]);
  const read = async (workers: Worker[]) => {
    for (const worker of workers)
      for (const [kind, { amount }] of Object.entries(kinds)) await readAtOnce(worker, kind, amount);
  };
  await withWorkers(url, read, PATIENCE);
}

async function readAtOnce({ transport, url, collectGarbage }: Worker, kind: string, amount: number): Promise<void> {
  const token = await tokenOf(kind);
  const readOne = async () => {
    const response = await open(url, { method: 'GET', path: '/api/tasks', token });
    return ((await response.json()) as unknown[]).length;
  };
  await readOne();
  const { result, held } = await whileHolding(collectGarbage, () =>
    Promise.all(Array.from({ length: LISTS }, readOne)),
  );
  check(
    `over ${transport}, ${LISTS} lists with ${kind} are whole, and hold at most ${MAX_HELD} MiB at once`,
    result.every((length) => length === amount) && held <= MAX_HELD,
    `${held.toFixed(1)} MiB`,
  );
}
