import { randomBytes } from 'node:crypto';
import { sign } from 'hono/jwt';

/** What must never be seen where it does not belong: each is planted where only the Worker has it from. */
export const databasePassword = `canary-password-${randomBytes(8).toString('hex')}`;
export const secret = `canary-secret-${randomBytes(16).toString('hex')}`;
export const titleMark = `canary-title-${randomBytes(4).toString('hex')}`;

/** In every task's list and answer, so a canary for logs and errors alone. */
const ofLogs = [titleMark];
const ofAll = [databasePassword, secret, 'insert into', '"tasks"', 'delete from', 'failed query', 'bearer '];

const signatures: string[] = [];

/** @returns a token whose parts are canaries from now on. */
export async function tokenOf(user: string): Promise<string> {
  const iat = Math.floor(Date.now() / 1000);
  const token = await sign({ sub: user, iat, exp: iat + 3600 }, secret, 'HS256');
  signatures.push(...token.split('.').slice(1));
  return token;
}

/** @returns the first canary that a log line, or the body of a failure, holds. */
export function canaryIn(text: string): string | undefined {
  const lower = text.toLowerCase();
  return [...ofLogs, ...ofAll].find((canary) => lower.includes(canary)) ?? signatures.find((it) => text.includes(it));
}
