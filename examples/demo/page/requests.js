import { showRequest } from './request-log.js';

const { apiUrl } = await (await fetch('/config.json')).json();

/** The API's URL: another origin than this page's. */
export { apiUrl };

/** A response of 400 and up. `fields` has the sentence for each field that the API refuses. */
export class RequestError extends Error {
  constructor({ status, body }) {
    super(body?.detail ?? body?.message ?? `The server responded with status ${status}`);
    this.status = status;
    this.fields = Object.fromEntries((body?.errors ?? []).map(({ field, message }) => [field, message]));
  }
}

/** Sends a request to Better Auth, which is on this page's origin and knows the user by a cookie. */
export async function auth(method, path, body) {
  return (await send(location.origin, method, `/api/auth${path}`, { body })).body;
}

let token;

/** To be called when somebody signs out: the next token is then the next user's. */
export function forgetToken() {
  token = undefined;
}

/** The JWT that Better Auth signs for the user. It is valid for 15 minutes, and kept in memory alone. */
export async function getToken() {
  token ??= (await auth('GET', '/token')).token;
  return token;
}

/** Sends a request to the API as the user. A token that has expired is replaced once. */
export async function api(method, path, options = {}) {
  const attempt = async () => sendToApi(method, path, { ...options, token: await getToken() });
  return attempt().catch((error) => {
    if (error.status !== 401) throw error;
    forgetToken();
    return attempt();
  });
}

/** Sends a request to the API with this token, or with none. */
export function sendToApi(method, path, { token, headers, ...options } = {}) {
  const authorization = token && { Authorization: `Bearer ${token}` };
  return send(apiUrl, method, path, { ...options, headers: { ...authorization, ...headers } });
}

async function send(origin, method, path, { body, headers }) {
  const json = body && { 'Content-Type': 'application/json' };
  const request = { method, headers: { ...headers, ...json }, ...(body && { body: JSON.stringify(body) }) };
  const start = performance.now();
  const response = await fetch(origin + path, request).catch(() => undefined);
  const text = await response?.text();
  const result = {
    status: response?.status ?? 0,
    headers: Object.fromEntries(response?.headers ?? []),
    body: text ? JSON.parse(text) : undefined,
  };
  showRequest({ origin, path, ...request }, result, performance.now() - start);
  if (!response) throw new Error('There was no response: is the server running?');
  if (!response.ok) throw new RequestError(result);
  return result;
}
