import { spawnSync } from 'node:child_process';
import { migrateDatabase, requireDatabaseUrl } from './database.ts';
import { exitWithMessage } from './run-command.ts';

const [environment = '', ...options] = process.argv.slice(2);

/** Options with which wrangler deploys nothing. npm keeps one to itself if `--` is missing before it. */
const isDryRun =
  options.some((option) => /^(--dry-?run|--help|-h|--version|-v)\b/i.test(option)) ||
  process.env.npm_config_dry_run === 'true';

/** Runs `wrangler deploy`, and ends the program if it fails. */
function runWrangler(...more: string[]): void {
  const name = environment === 'production' ? '' : environment;
  const { status, error } = spawnSync('wrangler', ['deploy', '--env', name, ...options, ...more], { stdio: 'inherit' });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

/** Migrates the database of `DATABASE_URL`, then deploys. A dry run, which does neither, comes first. */
async function deploy(): Promise<void> {
  const databaseUrl = isDryRun ? undefined : requireDatabaseUrl(true);
  runWrangler('--dry-run');
  if (!databaseUrl) return;
  await migrateDatabase(databaseUrl);
  runWrangler();
}

await deploy().catch(exitWithMessage);
