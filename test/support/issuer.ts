import { inject } from 'vitest';
import type { IssuerOptions } from './better-auth.ts';
import type { Order, Question } from './issuer-control.ts';

/** Somebody signed in with Better Auth: the cookies that a browser would hold. */
export type Session = { userId: string; email: string; cookies: Map<string, string> };

const PASSWORD = 'correct horse battery staple';

/** A real Better Auth server, as a test in workerd sees it. */
export class Issuer {
  readonly url: string;
  readonly secret: string;

  private constructor({ url, secret }: { url: string; secret: string }) {
    this.url = url;
    this.secret = secret;
  }

  /** Starts a server that no other test uses, and whose keys no Worker knows. */
  static async start(options: IssuerOptions = {}): Promise<Issuer> {
    return new Issuer(await order({ options }));
  }

  /** What a Worker is configured with to trust this server alone. */
  get env() {
    return { BETTER_AUTH_URL: this.url, BETTER_AUTH_SECRET: this.secret };
  }

  ask(ask: Question, email?: string): Promise<any> {
    return order({ url: this.url, ask, ...(email && { email }) });
  }

  /** Signs up a new user, and then in, as a frontend's two forms do. */
  async signIn(name = 'Ada Lovelace'): Promise<Session> {
    const email = `${crypto.randomUUID()}@example.com`;
    await this.request('POST', 'sign-up/email', { body: { name, email, password: PASSWORD } });
    const answer = await this.request('POST', 'sign-in/email', { body: { email, password: PASSWORD } });
    const { user } = (await answer.json()) as { user: { id: string } };
    return { userId: user.id, email, cookies: cookiesOf(answer) };
  }

  /** The JWT that a frontend fetches for its calls of the API. */
  async token(session: Session): Promise<string> {
    const { token } = (await (await this.request('GET', 'token', { session })).json()) as { token: string };
    return token;
  }

  /** Sends a request to Better Auth as its own frontend would, and expects it to succeed. */
  async request(
    method: string,
    path: string,
    { body, session }: { body?: unknown; session?: Session } = {},
  ): Promise<Response> {
    const answer = await this.attempt(method, path, { body, session });
    if (!answer.ok) throw new Error(`Better Auth answered ${answer.status} to ${path}: ${await answer.text()}`);
    return answer;
  }

  attempt(method: string, path: string, { body, session }: { body?: unknown; session?: Session | undefined } = {}) {
    const cookie = [...(session?.cookies ?? [])].map(([name, value]) => `${name}=${value}`).join('; ');
    return fetch(`${this.url}/api/auth/${path}`, {
      method,
      headers: {
        Origin: this.url,
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
        ...(cookie && { Cookie: cookie }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  }
}

/** Signs up and in, and fetches a token. */
export async function signedIn(issuer: Issuer): Promise<{ session: Session; userId: string; bearer: string }> {
  const session = await issuer.signIn();
  return { session, userId: session.userId, bearer: await issuer.token(session) };
}

/** What a token says of itself: the algorithm, and the key. */
export function headerOf(token: string): { alg: string; kid?: string } {
  return JSON.parse(atob(token.split('.')[0] ?? ''));
}

async function order(what: Order): Promise<any> {
  const answer = await fetch(inject('issuerControl'), { method: 'POST', body: JSON.stringify(what) });
  if (!answer.ok) throw new Error(await answer.text());
  return answer.json();
}

function cookiesOf(answer: Response): Map<string, string> {
  return new Map(
    answer.headers.getSetCookie().map((cookie) => {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      return [name, value];
    }),
  );
}
