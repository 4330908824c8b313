import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The user that PostgreSQL runs as where root starts it, because it refuses to run as root. */
const SERVER_USER = 'postgres';

const isRoot = process.getuid?.() === 0;

/**
 * Looks whether PostgreSQL will be able to keep its data in `folder`, before it fails in words of its own.
 *
 * @throws {Error} saying in one line what to do, where it will not.
 */
export function refuseUnusableFolder(folder: string): void {
  if (process.getuid === undefined) return; // Windows has neither these owners nor these modes.
  refuseHiddenFolder(dirname(folder));
  if (existsSync(folder)) refuseForeignFolder(folder);
  else refuseReadOnlyFolder(dirname(folder));
}

/** The port of the PostgreSQL that runs on this folder, as its lock file tells; undefined where none does. */
export function portOfRunningServer(folder: string): number | undefined {
  try {
    const [pid, , , port] = readFileSync(join(folder, 'postmaster.pid'), 'utf8').split('\n');
    process.kill(Number(pid), 0); // Throws where there is no such process.
    return Number(port) || undefined;
  } catch {
    return undefined;
  }
}

/** What PostgreSQL wrote when it did not start, as one line that says what to do. */
export function explainLog(folder: string, log: string): string {
  const owner = /another (?:postmaster|postgres) \(PID (\d+)\)/.exec(log)?.[1];
  if (owner)
    return `${folder} is in use by another PostgreSQL: stop the other npm run dev or, where there is none, kill ${owner}`;
  const version = /initialized by PostgreSQL version (\d+)/.exec(log)?.[1];
  if (version)
    return `${folder} was made by PostgreSQL ${version}, and this one is newer or older: rename the folder, and a new one is made`;
  const said = [...log.matchAll(/(?:FATAL|PANIC|error|DETAIL): +(.+)/g)].map(([, text]) => text);
  return `PostgreSQL did not start in ${folder}: ${said.join('; ') || log.trim().split('\n').at(-1)}`;
}

function refuseHiddenFolder(folder: string): void {
  for (let at = folder; isRoot && at !== dirname(at); at = dirname(at)) {
    if (existsSync(at) && (statSync(at).mode & 0o001) === 0)
      throw new Error(
        `PostgreSQL runs as the user "${SERVER_USER}", who may not enter ${at}: move this project elsewhere, or run chmod o+x ${at}`,
      );
  }
}

function refuseForeignFolder(folder: string): void {
  if (isRoot && !existsSync(join(folder, 'PG_VERSION'))) return; // A new one, which root will give to that user.
  const user = isRoot ? SERVER_USER : idOf('-un');
  const { uid } = statSync(folder);
  if (`${uid}` === idOf('-u', user)) return;
  const owner = idOf('-un', `${uid}`) || uid;
  throw new Error(
    `${folder} belongs to the user "${owner}", and PostgreSQL would run as "${user}": give it to that user (chown -R ${user} ${folder}), or remove it with all its data`,
  );
}

function refuseReadOnlyFolder(folder: string): void {
  const at = existsSync(folder) ? folder : dirname(folder);
  try {
    accessSync(at, constants.W_OK | constants.X_OK);
  } catch {
    throw new Error(`The user "${idOf('-un')}" may not write to ${at}, where PostgreSQL would keep its data`);
  }
}

/** What `id` prints; nothing for a user that there is not. */
function idOf(...args: string[]): string {
  try {
    return execFileSync('id', args, { encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch {
    return '';
  }
}
