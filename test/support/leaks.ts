import { expect } from 'vitest';

/** What must not appear in the response to a request, or in the log while the request is handled. */
export type Secrets = {
  /** In no response and in no line of the log: passwords, keys, signatures. */
  ofAll: string[];
  /** What a user typed: in no line of the log, and in no error. */
  ofUsers: string[];
};

/** Parts of statements and of stacks, which no error and no line of the log may show. */
const internals = /insert into|"tasks"|delete from|failed query|node_modules|\.(ts|js):\d/i;

/** In characters: shorter secrets are found by chance. */
const MIN_LENGTH = 8;

const watches = new Set<{ secrets: Secrets; leaks: string[] }>();

const levels = ['debug', 'log', 'info', 'warn', 'error'] as const;

/**
 * Reads what the Worker logs, and passes it on.
 *
 * @returns a function that stops it.
 */
export function listenToLog(): () => void {
  const originals = Object.fromEntries(levels.map((level) => [level, console[level]]));
  for (const level of levels) {
    const write = console[level];
    console[level] = (...words: unknown[]) => {
      write(...words);
      const line = words.map(String).join(' ');
      for (const { secrets, leaks } of watches) {
        const leak = findLeak(line, [...secrets.ofAll, ...secrets.ofUsers]);
        if (leak) leaks.push(`the log shows ${leak}: ${line}`);
      }
    };
  }
  return () => Object.assign(console, originals);
}

/** Runs a request, and expects that neither its response nor the log shows its secrets. */
export async function withoutLeaks<R extends { status: number; headers: Headers; text: string }>(
  secrets: Secrets,
  run: () => Promise<R>,
): Promise<R> {
  const watch = { secrets, leaks: [] as string[] };
  watches.add(watch);
  try {
    const response = await run();
    const text = [...[...response.headers].flat(), response.text].join('\n');
    const isError = response.status >= 400;
    const leak = isError ? findLeak(text, Object.values(secrets).flat()) : findSecret(text, secrets.ofAll);
    if (leak) watch.leaks.push(`the response shows ${leak}: ${text.slice(0, 500)}`);
    return response;
  } finally {
    watches.delete(watch);
    expect(watch.leaks).toEqual([]);
  }
}

function findLeak(text: string, secrets: string[]): string | undefined {
  return internals.exec(text)?.[0] ?? findSecret(text, secrets);
}

/** Finds a secret as it is, or as JSON shows it. */
function findSecret(text: string, secrets: string[]): string | undefined {
  const long = secrets.filter((secret) => secret.length >= MIN_LENGTH);
  return long.find((secret) => text.includes(secret) || text.includes(JSON.stringify(secret).slice(1, -1)));
}
