import { expect } from 'vitest';

/**
 * What must never be seen where it does not belong, looked for in every call of every test: the log is read while a
 * request is under way, and its answer afterwards.
 */
export type Secrets = {
  /** In no answer and in no line of the log: passwords, keys, the parts of a token that prove something. */
  ofAll: string[];
  /** What a user typed: in no line of the log, and in no failure. */
  ofUsers: string[];
};

/** Of a statement, of a stack: neither a failure nor the log shows how the API works inside. */
const internals = /insert into|"tasks"|delete from|failed query|node_modules|\.(ts|js):\d/i;

/** Shorter ones are found by chance. */
const SHORTEST = 8;

const underWay = new Set<{ secrets: Secrets; found: string[] }>();

const levels = ['debug', 'log', 'info', 'warn', 'error'] as const;

/**
 * Reads what the Worker logs, and passes it on.
 *
 * @returns what stops that.
 */
export function listenToLog(): () => void {
  const originals = levels.map((level) => {
    const write = console[level];
    console[level] = (...line: unknown[]) => {
      write(...line);
      const text = line.map(String).join(' ');
      for (const { secrets, found } of underWay) {
        const leak = leakIn(text, [...secrets.ofAll, ...secrets.ofUsers]);
        if (leak) found.push(`The log shows ${leak}: ${text}`);
      }
    };
    return [level, write];
  });
  return () => Object.assign(console, Object.fromEntries(originals));
}

/**
 * Runs a request to the end of its answer.
 *
 * @throws {Error} where the log, which is read meanwhile, or the answer shows what it must not.
 */
export async function withoutLeaks<A extends { status: number; headers: Headers; text: string }>(
  secrets: Secrets,
  run: () => Promise<A>,
): Promise<A> {
  const watch = { secrets, found: [] as string[] };
  underWay.add(watch);
  try {
    const answer = await run();
    const shown = [...[...answer.headers].flat(), answer.text].join('\n');
    const leak = answer.status < 400 ? secretIn(shown, secrets.ofAll) : leakIn(shown, Object.values(secrets).flat());
    if (leak) watch.found.push(`The answer shows ${leak}: ${shown.slice(0, 500)}`);
    return answer;
  } finally {
    underWay.delete(watch);
    expect(watch.found).toEqual([]);
  }
}

function leakIn(text: string, secrets: string[]): string | undefined {
  return internals.exec(text)?.[0] ?? secretIn(text, secrets);
}

/** Also as JSON would show it. */
function secretIn(text: string, secrets: string[]): string | undefined {
  const long = secrets.filter((secret) => secret.length >= SHORTEST);
  return long.find((secret) => text.includes(secret) || text.includes(JSON.stringify(secret).slice(1, -1)));
}
