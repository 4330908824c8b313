import { createAuthClient } from 'better-auth/client';
import { jwtClient } from 'better-auth/client/plugins';

/** What the page can read of an answer of the API. */
export type Readable = { status: number; headers: Record<string, string>; body: any };
export type Request = { method: string; url: string; body?: unknown; token?: string; include?: boolean };

/** Better Auth's own client, as a frontend sets it up: the server is on the page's origin. */
const auth = createAuthClient({ plugins: [jwtClient()] });

/** @returns what the client got, or throws what it says went wrong. */
async function dataOf<T>(answer: Promise<{ data: T; error: { message?: string } | null }>): Promise<NonNullable<T>> {
  const { data, error } = await answer;
  if (error || !data) throw new Error(`Better Auth: ${error?.message ?? 'no data'}`);
  return data;
}

/** What a frontend does, for the test to call from outside the browser. */
const actions = {
  signUp: async (name: string, email: string, password: string) =>
    (await dataOf(auth.signUp.email({ name, email, password }))).user.id,
  signIn: async (email: string, password: string) => (await dataOf(auth.signIn.email({ email, password }))).user.id,
  signOut: async () => (await dataOf(auth.signOut())).success,
  token: async () => (await dataOf(auth.token())).token,

  /** Calls the API as a frontend does; the browser decides what of it the page may read. */
  async request({ method, url, body, token, include = false }: Request): Promise<Readable> {
    // Not passed in place: the types at hand are those of Workers, which know no `credentials`.
    const init = {
      method,
      credentials: include ? 'include' : 'same-origin',
      headers: {
        ...(token !== undefined && { Authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    };
    const answer = await fetch(url, init);
    const text = await answer.text();
    return {
      status: answer.status,
      headers: Object.fromEntries(answer.headers),
      body: text === '' ? null : JSON.parse(text),
    };
  },
};

export type Frontend = typeof actions;

declare global {
  var frontend: Frontend;
}

globalThis.frontend = actions;
