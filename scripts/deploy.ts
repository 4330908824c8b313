import { spawnSync } from 'node:child_process';
import { migrateDatabase, requireDatabaseUrl } from './database.ts';
import { exitWithMessage } from './run-command.ts';

/** Migrates the database of `DATABASE_URL`, then deploys. A dry run does neither. */
async function deploy(environment: string, options: string[]): Promise<void> {
  // npm keeps the option to itself where `--` is missing before it.
  const isDryRun = options.includes('--dry-run') || process.env.npm_config_dry_run === 'true';
  if (isDryRun) options.push('--dry-run');
  else await migrateDatabase(requireDatabaseUrl());
  const wrangler = ['deploy', '--env', environment === 'production' ? '' : environment, ...options];
  const { status, error } = spawnSync('wrangler', wrangler, { stdio: 'inherit' });
  if (error) throw error;
  process.exit(status ?? 1);
}

const [environment = '', ...options] = process.argv.slice(2);
await deploy(environment, options).catch(exitWithMessage);
