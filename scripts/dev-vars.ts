import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';

const root = resolve(import.meta.dirname, '..');
const path = resolve(root, '.dev.vars');

/** The variables of `.dev.vars`, which is made from the example, with a secret of its own, where there is none. */
export function readDevVars(): Record<string, string | undefined> {
  if (!existsSync(path)) {
    const example = readFileSync(resolve(root, '.dev.vars.example'), 'utf8');
    const secret = `BETTER_AUTH_SECRET=${randomBytes(32).toString('hex')}`;
    writeFileSync(path, example.replace(/^BETTER_AUTH_SECRET=.*$/m, secret), { mode: 0o600 });
  }
  return parseEnv(readFileSync(path, 'utf8')) as Record<string, string | undefined>;
}
