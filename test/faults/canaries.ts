import { randomBytes } from 'node:crypto';
import { sign } from 'hono/jwt';

export const databasePassword = `canary-password-${randomBytes(8).toString('hex')}`;
export const secret = `canary-secret-${randomBytes(16).toString('hex')}`;

/** Claims and signatures of all tokens. */
const tokenParts: string[] = [];

/** What no log line and no failed response may hold: secrets, what users typed, SQL. */
const canaries = [databasePassword, secret, 'canary-title', 'insert into', '"tasks"', 'delete from', 'bearer '];

export async function tokenOf(userId: string): Promise<string> {
  const iat = Math.floor(Date.now() / 1000);
  const token = await sign({ sub: userId, iat, exp: iat + 3600 }, secret, 'HS256');
  tokenParts.push(...token.split('.').slice(1));
  return token;
}

/** @returns the first canary that appears in a text. */
export function leakIn(texts: string[]): string | undefined {
  const text = texts.join('\n');
  return [...canaries, ...tokenParts].find((canary) => text.includes(canary) || text.toLowerCase().includes(canary));
}
