import { randomUUID } from 'node:crypto';
import { tokenOf } from './canaries.ts';
import { type Request, send } from './client.ts';

/** A user who calls every operation again and again, and leaves nothing behind. */
export class Visitor {
  sent = 0;
  /** Responses with another status than the expected one. */
  readonly unexpected: string[] = [];
  private readonly url: string;
  private readonly token: Promise<string>;

  constructor(url: string, userId: string) {
    this.url = url;
    this.token = tokenOf(userId);
  }

  async visitUntil(isDone: () => boolean): Promise<void> {
    while (!isDone() && this.unexpected.length === 0) await this.visit();
  }

  private async visit(): Promise<void> {
    const task = await this.create({});
    const other = await this.create({ 'Idempotency-Key': randomUUID() });
    await this.expect(200, 'GET', '');
    await this.expect(200, 'GET', '?limit=1&status=pending');
    await this.expect(200, 'GET', task);
    await this.expect(304, 'GET', task, { headers: { 'If-None-Match': '"1"' } });
    await this.expect(200, 'PUT', task, { body: { title: `other ${randomUUID()}` } });
    await this.expect(200, 'PATCH', `${task}/complete`);
    await this.expect(412, 'DELETE', task, { headers: { 'If-Match': '"1"' } });
    await this.expect(422, 'POST', '', { body: { title: ' ' } });
    await this.expect(401, 'GET', '', { token: 'none' });
    await this.expect(204, 'DELETE', task);
    await this.expect(404, 'GET', task);
    await this.expect(204, 'DELETE', other);
  }

  /** @returns the path of the task. */
  private async create(headers: Record<string, string>): Promise<string> {
    const body = { title: `task ${randomUUID()}`, description: 'x'.repeat(200) };
    const text = await this.expect(201, 'POST', '', { body, headers });
    return `/${JSON.parse(text || '{}').id}`;
  }

  private async expect(status: number, method: string, path: string, options: Partial<Request> = {}): Promise<string> {
    this.sent++;
    const token = await this.token;
    const result = await send(this.url, { token, ...options, method, path: `/api/tasks${path}` });
    if (result.status !== status) this.unexpected.push(`${method} ${path}: ${result.status} ${result.body}`);
    return result.body;
  }
}
