import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { tokenOf } from './canaries.ts';
import { isSuccess, type Result, send } from './client.ts';
import { changes, Ledger } from './ledger.ts';

/** Less than `Retry-After`, for more attempts in the time of the run. */
const RETRY_DELAY_MS = 100;

type Task = { id: string; description: string };

/** A client that writes without a pause and records what was acknowledged. Nobody else writes its tasks. */
export class Writer {
  readonly userId = `writer-${randomUUID()}`;
  readonly ledger = new Ledger();
  readonly results: (Result & { at: number })[] = [];
  acknowledged = 0;
  retries = 0;
  private readonly url: string;
  private token = '';
  /** Tasks that were not deleted, nor may have been. */
  private tasks: Task[] = [];

  constructor(url: string) {
    this.url = url;
  }

  async run(stop: AbortSignal): Promise<void> {
    this.token = await tokenOf(this.userId);
    while (!stop.aborted) await this.write(Math.random(), stop);
  }

  private async write(random: number, stop: AbortSignal): Promise<void> {
    const task = this.tasks[Math.floor(Math.random() * this.tasks.length)];
    if (!task || random < 0.3) await this.createOnce(stop);
    else if (random < 0.5) await this.create();
    else if (random < 0.7) await this.rename(task);
    else if (random < 0.85) await this.change(task, changes.toggle, 'PATCH', `/${task.id}/complete`);
    else await this.remove(task);
  }

  /** Repeats the request with the same key until it is acknowledged. */
  private async createOnce(stop: AbortSignal): Promise<void> {
    const key = randomUUID();
    const task = newTask();
    for (let result = await this.create(task, key); !stop.aborted && !isSuccess(result); this.retries++)
      result = await this.create(task, key);
  }

  private async create(task = newTask(), key?: string): Promise<Result> {
    const headers = key === undefined ? {} : { 'Idempotency-Key': key };
    const result = await this.change(task, changes.create(task.title), 'POST', '', task, headers);
    if (!isSuccess(result)) return result;
    const id = String(JSON.parse(result.body).id);
    this.tasks.push({ id, description: task.description });
    if (key !== undefined) this.ledger.keys.set(key, id);
    return result;
  }

  private async rename(task: Task): Promise<void> {
    const { title } = newTask();
    await this.change(task, changes.rename(title), 'PUT', `/${task.id}`, { title });
  }

  private async remove(task: Task): Promise<void> {
    this.tasks = this.tasks.filter((other) => other !== task);
    await this.change(task, changes.remove, 'DELETE', `/${task.id}`);
  }

  private async change(
    { description }: { description: string },
    change: (state: string) => string,
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Result> {
    const result = await send(this.url, { method, path: `/api/tasks${path}`, token: this.token, body, headers });
    this.results.push({ ...result, at: performance.now() });
    this.ledger.record(description, change, isSuccess(result));
    if (isSuccess(result)) this.acknowledged++;
    else {
      // Its statement may outlive the request, and overtake a later write of the same task.
      this.tasks = this.tasks.filter((task) => task.description !== description);
      await sleep(RETRY_DELAY_MS);
    }
    return result;
  }
}

function newTask() {
  return { title: `canary-title ${randomUUID()}`, description: randomUUID() };
}
