import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { titleMark, tokenOf } from './canaries.ts';
import { isSuccess, type Result, send } from './client.ts';

/** What the database may hold of one task; several values where a write was not acknowledged. */
export type Expected = { mark: string; titles: Set<string>; completed: Set<boolean>; isStored: Set<boolean> };

/** Less than `Retry-After`, for more attempts in the time of the run. */
const RETRY_DELAY_MS = 100;

/** A client that writes without a pause and keeps a ledger of what was acknowledged. Nobody else writes its tasks. */
export class Writer {
  readonly userId = `writer-${randomUUID()}`;
  readonly tasks = new Map<string, Expected>();
  /** The task that each `Idempotency-Key` was acknowledged to have created. */
  readonly keys = new Map<string, string>();
  /** Marks of tasks whose creation was not acknowledged: they may be stored, but never twice. */
  readonly uncertain = new Set<string>();
  readonly results: (Result & { at: number })[] = [];
  acknowledged = 0;
  retries = 0;
  private readonly url: string;
  private token = '';

  constructor(url: string) {
    this.url = url;
  }

  async run(stop: AbortSignal): Promise<void> {
    this.token = await tokenOf(this.userId);
    while (!stop.aborted) await this.write(stop);
  }

  private async write(stop: AbortSignal): Promise<void> {
    const random = Math.random();
    const recent = [...this.tasks].filter(([, { isStored }]) => !isStored.has(false)).slice(-5);
    const [id, task] = recent[Math.floor(Math.random() * recent.length)] ?? [];
    if (!id || !task || random < 0.3) await this.createOnce(stop);
    else if (random < 0.5) await this.create();
    else if (random < 0.7) await this.rename(id, task);
    else if (random < 0.85) await this.toggle(id, task);
    else await this.remove(id, task);
  }

  private async create(): Promise<void> {
    const task = newTask();
    const result = await this.send('POST', '', task);
    if (isSuccess(result)) this.record(result, task);
    else this.uncertain.add(task.description);
  }

  /** Repeats the request with the same key until it is acknowledged. */
  private async createOnce(stop: AbortSignal): Promise<void> {
    const task = newTask();
    const key = randomUUID();
    while (!stop.aborted) {
      const result = await this.send('POST', '', task, { 'Idempotency-Key': key });
      if (isSuccess(result)) return void this.keys.set(key, this.record(result, task));
      this.retries++;
    }
    this.uncertain.add(task.description);
  }

  private async rename(id: string, task: Expected): Promise<void> {
    const { title } = newTask();
    const result = await this.send('PUT', `/${id}`, { title });
    task.titles = isSuccess(result) ? new Set([title]) : task.titles.add(title);
  }

  private async toggle(id: string, task: Expected): Promise<void> {
    const result = await this.send('PATCH', `/${id}/complete`);
    const toggled = [...task.completed].map((completed) => !completed);
    task.completed = new Set(isSuccess(result) ? toggled : [...toggled, ...task.completed]);
  }

  private async remove(id: string, task: Expected): Promise<void> {
    const result = await this.send('DELETE', `/${id}`);
    task.isStored = isSuccess(result) ? new Set([false]) : task.isStored.add(false);
  }

  private record({ body }: Result, { title, description: mark }: ReturnType<typeof newTask>): string {
    const id = String(JSON.parse(body).id);
    const [titles, completed, isStored] = [new Set([title]), new Set([false]), new Set([true])];
    this.tasks.set(id, { mark, titles, completed, isStored });
    return id;
  }

  private async send(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    const result = await send(this.url, { method, path: `/api/tasks${path}`, token: this.token, body, headers });
    this.results.push({ ...result, at: performance.now() });
    if (isSuccess(result)) this.acknowledged++;
    else await sleep(RETRY_DELAY_MS);
    return result;
  }
}

/** The description identifies the task: no request changes it. */
function newTask() {
  return { title: `${titleMark} ${randomUUID()}`, description: `mark ${randomUUID()}` };
}
