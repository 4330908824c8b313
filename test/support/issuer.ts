import { decode } from 'hono/jwt';
import { inject } from 'vitest';
import type { IssuerOptions } from './better-auth-versions.ts';
import type { Command, Method } from './issuer-control.ts';

/** A user who has signed in with Better Auth, and the browser's cookies, each as `name=value`. */
export type Session = { userId: string; email: string; cookies: string[] };

const PASSWORD = 'correct horse battery staple';

/** A real Better Auth server, which runs in Node, for a test in workerd. */
export class Issuer {
  readonly url: string;
  /** Where Better Auth serves its endpoints. A path in its `baseURL` replaces `basePath`. */
  private readonly authUrl: string;

  constructor(url: string, { baseURL, basePath }: IssuerOptions) {
    this.url = url;
    const path = baseURL?.startsWith('/') ? baseURL : basePath;
    this.authUrl = url + (path ?? '/api/auth').replace(/\/$/, '');
  }

  /** Calls a method of the server in Node. */
  control(method: Method, ...args: unknown[]): Promise<any> {
    return send({ url: this.url, method, args });
  }

  /** Signs up a new user, and then in, as the two forms of a frontend do. */
  async signIn(): Promise<Session> {
    const email = `${crypto.randomUUID()}@example.com`;
    await this.request('POST', 'sign-up/email', { body: { name: 'Ada Lovelace', email, password: PASSWORD } });
    const response = await this.request('POST', 'sign-in/email', { body: { email, password: PASSWORD } });
    const { user } = await response.json<{ user: { id: string } }>();
    const cookies = response.headers.getSetCookie().map((cookie) => cookie.replace(/;.*/, ''));
    return { userId: user.id, email, cookies };
  }

  /** The JWT that a frontend fetches for its calls of the API. */
  async token(session: Session): Promise<string> {
    const response = await this.request('GET', 'token', { session });
    return (await response.json<{ token: string }>()).token;
  }

  /** Sends a request to Better Auth as its own frontend does. @throws {Error} if it fails. */
  async request(method: string, path: string, { body, session }: { body?: object; session?: Session } = {}) {
    const response = await fetch(`${this.authUrl}/${path}`, {
      method,
      headers: {
        Origin: this.url,
        ...(body && { 'Content-Type': 'application/json' }),
        ...(session && { Cookie: session.cookies.join('; ') }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${path} responded ${response.status}: ${await response.text()}`);
    return response;
  }
}

/** Starts a server that no other test uses and whose keys no Worker has cached, signs in a user and fetches a token. */
export async function startSignedIn(options: IssuerOptions = {}) {
  const { url, secret } = await send({ options });
  const issuer = new Issuer(url, options);
  const session = await issuer.signIn();
  const env = { BETTER_AUTH_URL: url, BETTER_AUTH_SECRET: secret };
  return { issuer, session, userId: session.userId, bearer: await issuer.token(session), env };
}

/** The algorithm and the key that a token names. */
export const headerOf = (token: string) => decode(token).header;

export const claimsOf = (token: string) => decode(token).payload as { iat: number; exp: number };

async function send(command: Command): Promise<any> {
  const response = await fetch(inject('issuerControl'), { method: 'POST', body: JSON.stringify(command) });
  if (!response.ok) throw new Error(await response.text());
  return response.json();
}
