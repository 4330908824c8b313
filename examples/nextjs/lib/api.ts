const API = (process.env.NEXT_PUBLIC_API_URL ?? 'http://localhost:8000').replace(/\/$/, '');
const TOKEN = process.env.NEXT_PUBLIC_TOKEN_PATH ?? '/api/auth/token'; // '/api/token' with the shared secret

let token: Promise<string> | undefined;

/** To be called when somebody signs out: the next token is then the next user's. */
export function forgetToken(): void {
  token = undefined;
}

async function fetchToken(): Promise<string> {
  const response = await fetch(TOKEN);
  if (!response.ok) throw new Error('Not signed in');
  return ((await response.json()) as { token: string }).token;
}

async function send(method: string, path: string, body?: unknown): Promise<Response> {
  token ??= fetchToken();
  token.catch(forgetToken);
  return fetch(`${API}${path}`, {
    method,
    headers: {
      Authorization: `Bearer ${await token}`,
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

/** `await api('POST', '/api/tasks', { title: 'Buy groceries' })` resolves to the task, and throws what the API refuses. */
export async function api<T>(method: string, path: string, body?: unknown): Promise<T> {
  let response = await send(method, path, body);
  if (response.status === 401) {
    forgetToken(); // It lived for 15 minutes.
    response = await send(method, path, body);
  }
  if (response.status === 204) return undefined as T;
  const result = (await response.json()) as T & { detail: string };
  if (!response.ok) throw new Error(result.detail);
  return result;
}
