import createClient from 'openapi-fetch';
import type { components, paths } from './api';

/** A task as the API returns it. */
export type Task = components['schemas']['Task'];

/** What one user still has to do: the path, the filter and the response are checked against the API's document. */
export async function pendingTasks(url: string, token: string): Promise<Task[]> {
  const api = createClient<paths>({ baseUrl: url, headers: { Authorization: `Bearer ${token}` } });
  const { data, error } = await api.GET('/api/tasks', { params: { query: { status: 'pending' } } });
  if (error) throw new Error(`${error.code}: ${error.detail}`);
  return data;
}
