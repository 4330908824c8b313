import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { titleMark, tokenOf } from './canaries.ts';
import type { Answer, Client } from './client.ts';

/** What the answers allow the database to hold of one task. A set of several: an answer did not come, so either may be. */
export type Expected = { mark: string; titles: Set<string>; completed: Set<boolean>; there: Set<boolean> };

/** One answer, and when it was asked for and came. */
export type Seen = { asked: number; answered: number; answer: Answer };

/** Milliseconds from a refusal to the next try: less than `Retry-After` asks for, so that more is tried in the time. */
const RETRY_PAUSE = 100;

/** A client that writes without a pause, and keeps book of what was acknowledged. Its tasks have no other writer. */
export class Writer {
  readonly user = `writer-${randomUUID()}`;
  readonly tasks = new Map<string, Expected>();
  /** The task that each `Idempotency-Key` was acknowledged to have created. */
  readonly keys = new Map<string, string>();
  /** Creations without a key that were not acknowledged: there or not, but never twice. */
  readonly uncertain = new Set<string>();
  readonly seen: Seen[] = [];
  retries = 0;
  private readonly client: Client;
  private token = '';

  constructor(client: Client) {
    this.client = client;
  }

  /** Writes until the given time of `performance.now()`. */
  async run(until: number): Promise<void> {
    this.token = await tokenOf(this.user);
    while (performance.now() < until) await this.write(Math.random());
  }

  get acknowledged(): number {
    return this.seen.filter(({ answer }) => isSuccess(answer)).length;
  }

  private async write(dice: number): Promise<void> {
    const [id, task] = [...this.tasks].filter(([, { there }]) => !there.has(false)).at(-1 - Math.floor(dice * 5)) ?? [];
    if (!id || !task || dice < 0.3) await this.createOnce();
    else if (dice < 0.5) await this.create();
    else if (dice < 0.7) await this.rename(id, task);
    else if (dice < 0.85) await this.toggle(id, task);
    else await this.remove(id, task);
  }

  private async create(): Promise<void> {
    const body = newTask();
    const answer = await this.ask('POST', '', body);
    if (isSuccess(answer)) this.expect(answer, body);
    else this.uncertain.add(body.description);
  }

  /** As a client does that must not lose a task: the same key until it is acknowledged. */
  private async createOnce(): Promise<void> {
    const body = newTask();
    const key = randomUUID();
    for (let tries = 0; tries < 200; tries++) {
      const answer = await this.ask('POST', '', body, { 'Idempotency-Key': key });
      if (isSuccess(answer)) {
        this.keys.set(key, this.expect(answer, body));
        return;
      }
      this.retries++;
    }
    this.uncertain.add(body.description);
  }

  private async rename(id: string, task: Expected): Promise<void> {
    const title = newTask().title;
    const answer = await this.ask('PUT', `/${id}`, { title });
    task.titles = isSuccess(answer) ? new Set([title]) : task.titles.add(title);
  }

  private async toggle(id: string, task: Expected): Promise<void> {
    const answer = await this.ask('PATCH', `/${id}/complete`);
    const flipped = [...task.completed].map((completed) => !completed);
    task.completed = new Set(isSuccess(answer) ? flipped : [...flipped, ...task.completed]);
  }

  private async remove(id: string, task: Expected): Promise<void> {
    const answer = await this.ask('DELETE', `/${id}`);
    task.there = isSuccess(answer) ? new Set([false]) : task.there.add(false);
  }

  private expect({ body }: Answer, { title, description }: ReturnType<typeof newTask>): string {
    const id = String(JSON.parse(body).id);
    const [titles, completed, there] = [new Set([title]), new Set([false]), new Set([true])];
    this.tasks.set(id, { mark: description, titles, completed, there });
    return id;
  }

  private async ask(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer> {
    const asked = performance.now();
    const path_ = `/api/tasks${path}`;
    const answer = await this.client.send({
      method,
      path: path_,
      token: this.token,
      body,
      ...(headers && { headers }),
    });
    this.seen.push({ asked, answered: performance.now(), answer });
    if (!isSuccess(answer)) await pause(RETRY_PAUSE);
    return answer;
  }
}

export function isSuccess({ status }: Answer): boolean {
  return status >= 200 && status < 300;
}

/** The description, which nothing changes, tells tasks apart. */
function newTask() {
  return { title: `${titleMark} ${randomUUID()}`, description: `mark ${randomUUID()}` };
}
