import { rmSync } from 'node:fs';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrateDatabase } from '../../scripts/database.ts';
import { startPostgres } from '../../scripts/postgres.ts';

/** Starts a PostgreSQL with our tables, in a folder that is deleted when this process exits. */
export async function startMigratedPostgres() {
  const dir = await mkdtemp(join(tmpdir(), 'taskflow-'));
  process.on('exit', () => rmSync(dir, { recursive: true, force: true }));
  const postgres = await startPostgres(dir);
  await migrateDatabase(postgres.url);
  const pid = async () => Number.parseInt(await readFile(join(dir, 'postmaster.pid'), 'utf8'), 10);
  return { ...postgres, pid };
}
