import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';

const root = resolve(import.meta.dirname, '..');

export const DEV_VARS = resolve(root, '.dev.vars');

/**
 * The variables of `.dev.vars`, trimmed as the Worker trims them. A missing file is created from `.dev.vars.example`,
 * with a random secret.
 */
export function readDevVars(): NodeJS.Dict<string> {
  if (!existsSync(DEV_VARS)) {
    const example = readFileSync(resolve(root, '.dev.vars.example'), 'utf8');
    const secret = `BETTER_AUTH_SECRET=${randomBytes(32).toString('hex')}`;
    writeFileSync(DEV_VARS, example.replace(/^BETTER_AUTH_SECRET=.*$/m, secret), { mode: 0o600 });
  }
  const variables = Object.entries(parseEnv(readFileSync(DEV_VARS, 'utf8').replace(/^\ufeff/, '')));
  return Object.fromEntries(variables.map(([name, value]) => [name, value?.trim()]));
}
