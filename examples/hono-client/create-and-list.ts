import { hc } from 'hono/client';
import type { App } from './taskflow-api';

/** Creates a task and lists what is still to be done: routes, bodies and responses have their types. */
export async function createAndList(url: string, token: string) {
  const { tasks } = hc<App>(url, { headers: { Authorization: `Bearer ${token}` } }).api;

  const created = await tasks.$post({ json: { title: 'Buy groceries' } });
  if (!created.ok) throw new Error(`The API responded with status ${created.status}`);
  const task = await created.json();

  const pending = await (await tasks.$get({ query: { status: 'pending' } })).json();
  return { task, titles: pending.map(({ title }) => title) };
}
