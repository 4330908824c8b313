import { randomBytes } from 'node:crypto';
import { sign } from 'hono/jwt';

export const databasePassword = `canary-password-${randomBytes(8).toString('hex')}`;
export const secret = `canary-secret-${randomBytes(16).toString('hex')}`;
export const titleMark = `canary-title-${randomBytes(4).toString('hex')}`;

/** Lower case, as is the text that is searched. */
const canaries = [
  databasePassword,
  secret,
  titleMark,
  'insert into',
  '"tasks"',
  'delete from',
  'failed query',
  'bearer ',
];
const tokenParts: string[] = [];

/** @returns a token whose claims and signature are canaries from now on. */
export async function tokenOf(userId: string): Promise<string> {
  const iat = Math.floor(Date.now() / 1000);
  const token = await sign({ sub: userId, iat, exp: iat + 3600 }, secret, 'HS256');
  tokenParts.push(...token.split('.').slice(1));
  return token;
}

/** @returns the first secret or internal that appears in these log lines or failed responses. */
export function leakIn(texts: string[]): string | undefined {
  const text = texts.join('\n');
  const lower = text.toLowerCase();
  return canaries.find((canary) => lower.includes(canary)) ?? tokenParts.find((part) => text.includes(part));
}
