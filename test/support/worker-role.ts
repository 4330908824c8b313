import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { withDatabase } from '../../scripts/database.ts';

const docs = resolve(import.meta.dirname, '../../docs/operations.md');

/**
 * Creates the least-privilege role with the SQL of docs/operations.md.
 *
 * @param ownerUrl of the tables' owner.
 * @returns the URL with which the Worker connects.
 */
export async function createWorkerRole(ownerUrl: string, password: string): Promise<string> {
  const [, sql, role] = /^```sql\n(create role (\w+) .*?)^```$/ms.exec(await readFile(docs, 'utf8')) ?? [];
  if (!sql || !role) throw new Error('docs/operations.md does not create a role');
  await withDatabase(ownerUrl, (client) => client.query(sql.replace("'…'", `'${password}'`)));
  return Object.assign(new URL(ownerUrl), { username: role, password }).href;
}
