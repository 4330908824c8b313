import { sign } from 'hono/jwt';
import { onTestFinished } from 'vitest';
import { startWorkerd, type WorkerdOptions } from '../support/workerd.ts';

const SECRET = 'a-secret-of-the-tests-9f2c47d1e8b3';

/** Runs the Worker until the test is finished. @returns its log, and what sends requests of this user to it. */
export async function startApi(user: string, DATABASE_URL: string, options: Omit<WorkerdOptions, 'bindings'>) {
  const lines: string[] = [];
  const bindings = { DATABASE_URL, BETTER_AUTH_SECRET: SECRET };
  const worker = await startWorkerd({ onLine: (line) => lines.push(line), ...options, bindings });
  onTestFinished(worker.stop);
  const token = await sign({ sub: user, exp: Math.floor(Date.now() / 1000) + 600 }, SECRET, 'HS256');
  const send = async (method: string, path: string, body?: object, others: Record<string, string> = {}) => {
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', ...others };
    const init = { method, headers, ...(body && { body: JSON.stringify(body) }) };
    const response = await fetch(worker.url + path, init);
    return { status: response.status, headers: response.headers, json: (await response.json()) as any };
  };
  return { lines, send };
}
