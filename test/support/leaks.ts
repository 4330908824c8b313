import { expect } from 'vitest';

/** What must not appear in the response to a request, or in the log while the request is handled. */
export type Secrets = {
  /** In no response and in no line of the log: passwords, keys, signatures. */
  ofAll: string[];
  /** What a user typed: in no line of the log, and in no error. */
  ofUsers: string[];
};

/** Parts of statements, which no error and no line of the log may show. */
const statements = /insert into|"tasks"|delete from|failed query/i;

/** Parts of stacks, which only the log may show. */
const frames = /node_modules|\.(ts|js):\d/i;

/** In characters: shorter secrets are found by chance. */
const MIN_LENGTH = 8;

/** For each request that is being handled, what has been logged meanwhile. */
const logs = new Set<string[]>();

const levels = ['debug', 'log', 'info', 'warn', 'error'] as const;

/**
 * Reads what the Worker logs, and passes it on.
 *
 * @returns a function that stops it.
 */
export function listenToLog(): () => void {
  const originals = Object.fromEntries(levels.map((level) => [level, console[level]]));
  for (const level of levels)
    console[level] = (...words: unknown[]) => {
      originals[level]?.(...words);
      for (const lines of logs) lines.push(words.map(String).join(' '));
    };
  return () => Object.assign(console, originals);
}

/** Runs a request, and expects that neither its response nor the log shows its secrets. */
export async function withoutLeaks<R extends { status: number; headers: Headers; text: string }>(
  { ofAll, ofUsers }: Secrets,
  run: () => Promise<R>,
): Promise<R> {
  const lines: string[] = [];
  logs.add(lines);
  const response = await run().finally(() => logs.delete(lines));
  const texts = [...[...response.headers].flat(), response.text];
  const errors = response.status >= 400 ? texts : [];
  const leaks = [...lines, ...errors].filter((text) => statements.test(text) || shows(text, ofUsers));
  leaks.push(...errors.filter((text) => frames.test(text)));
  expect([...leaks, ...[...lines, ...texts].filter((text) => shows(text, ofAll))]).toEqual([]);
  return response;
}

/** Whether a text shows a secret as it is, or as JSON does. */
function shows(text: string, secrets: string[]): boolean {
  return secrets.some(
    (secret) =>
      secret.length >= MIN_LENGTH && (text.includes(secret) || text.includes(JSON.stringify(secret).slice(1, -1))),
  );
}
