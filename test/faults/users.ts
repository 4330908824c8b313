import { randomUUID } from 'node:crypto';
import { tokenOf } from './canaries.ts';
import { query } from './postmaster.ts';

export type User = { id: string; tasks: number; token: string };

/** Creates a user whose tasks were created one second after another, up to now. */
export async function createUser(adminUrl: string, tasks: number): Promise<User> {
  const id = `user-${randomUUID()}`;
  await query(
    adminUrl,
    `insert into tasks (user_id, title, description, is_completed, created_at, updated_at)
     select $1, 'Buy groceries, part ' || n, 'Milk, eggs, bread; ask at the counter for the rest', n % 3 = 0, at, at
     from generate_series(1, $2::int) n, lateral (select now() - make_interval(secs => $2::int - n) as at) times`,
    [id, tasks],
  );
  return { id, tasks, token: await tokenOf(id) };
}
