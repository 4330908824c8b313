import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll } from 'vitest';

export const project = resolve(import.meta.dirname, '../..');

const clones: string[] = [];
const running = new Set<() => Promise<void>>();

/** Ends what a test that failed has left running, and deletes the clones. */
afterAll(async () => {
  await Promise.all([...running].map((end) => end()));
  for (const clone of clones) rmSync(clone, { recursive: true, force: true });
});

/** @returns a folder with the files that git knows, until the tests of the file end: no `.dev.vars`, nothing built. */
export function cloneProject(): string {
  const clone = mkdtempSync(join(tmpdir(), 'taskflow-clone-'));
  clones.push(clone);
  chmodSync(clone, 0o755); // PostgreSQL enters it as another user where root runs the tests.
  const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { cwd: project, encoding: 'utf8' });
  for (const file of files.split('\n').filter((name) => name && existsSync(join(project, name))))
    cpSync(join(project, file), join(clone, file));
  symlinkSync(join(project, 'node_modules'), join(clone, 'node_modules'));
  return clone;
}

/** Runs an npm script as a terminal does. */
export function npmRun(script: string[], env: Record<string, string> = {}, cwd = project) {
  const child = spawn('npm', ['run', '--silent', ...script], { cwd, env: { ...process.env, ...env }, detached: true });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk));
  // All of its processes have ended when the last one closes the pipes.
  const closed = once(child, 'close').finally(() => running.delete(pressControlC));
  // A terminal sends Ctrl-C to all processes of the group.
  const pressControlC = async () => {
    process.kill(-Number(child.pid), 'SIGINT');
    await closed;
  };
  running.add(pressControlC);
  return {
    /** @returns what it has printed when that contains `text`, after the first `skip` characters. */
    async until(text: string, skip = 0): Promise<string> {
      while (!output.includes(text, skip)) {
        if (child.exitCode !== null) throw new Error(`npm run ${script[0]} ended without "${text}": ${output}`);
        await new Promise((done) => setTimeout(done, 50));
      }
      return output;
    },
    async untilExit(): Promise<{ status: number | null; output: string }> {
      await closed;
      return { status: child.exitCode, output };
    },
    /** Ends npm alone, as process managers do. */
    endNpm: () => child.kill('SIGTERM'),
    pressControlC,
  };
}
