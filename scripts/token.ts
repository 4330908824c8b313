import { sign } from 'hono/jwt';
import { readDevVars } from './dev-vars.ts';
import { exitWithMessage } from './run-command.ts';

const LIFETIME_SECONDS = 30 * 24 * 60 * 60;

/**
 * @returns a token for the development server, valid for 30 days, as a frontend with the same secret would sign it;
 * undefined if `.dev.vars` has no secret, because only published keys are accepted.
 */
export async function developmentToken(userId: string): Promise<string | undefined> {
  const { BETTER_AUTH_SECRET: secret, JWT_ISSUER: iss, JWT_AUDIENCE: aud } = readDevVars();
  const iat = Math.floor(Date.now() / 1000);
  const claims = { sub: userId, iat, exp: iat + LIFETIME_SECONDS, ...(iss && { iss }), ...(aud && { aud }) };
  return secret ? sign(claims, secret, 'HS256') : undefined;
}

if (import.meta.main) {
  const userId = process.argv[2] || exitWithMessage('Usage: npm run token -- <user id>');
  const token = await developmentToken(userId);
  console.log(token ?? exitWithMessage('.dev.vars has no BETTER_AUTH_SECRET to sign a token with'));
}
