import { CloudflareSocket } from 'pg-cloudflare';

/** The socket of `pg` on Workers, with what it lacks of a Node stream and `pg` makes use of. */
export class WorkerSocket extends CloudflareSocket {
  private state: 'connecting' | 'listening' | 'over' = 'connecting';
  private corked: Uint8Array[] | undefined;

  override async _listen(): Promise<void> {
    this.state = 'listening';
    try {
      await super._listen();
    } finally {
      this.hangUp();
    }
  }

  /**
   * Lets the server hang up first, which was told goodbye: workerd keeps a socket that it closed itself in the
   * isolate's memory (https://github.com/cloudflare/workerd/issues/7202). Who has no more patience calls `destroy`.
   */
  override end(): this {
    return this.state === 'listening' && !this.destroyed ? this : super.end();
  }

  override destroy(reason: string): this {
    super.destroy(reason);
    this.hangUp();
    return this;
  }

  /** Says that it is over, which the base class leaves out: `pg` would wait for an answer that cannot come any more. */
  private hangUp(): void {
    if (this.state === 'over') return;
    this.state = 'over';
    super.end();
    this.emit('close');
  }

  /** What goes wrong after the end is of no interest to anyone, and has no reason. */
  override emit(event: string, ...details: unknown[]): boolean {
    return !(event === 'error' && this.state === 'over') && super.emit(event, ...details);
  }

  /** From here on, messages wait for `uncork`: a statement is five of them, and each write goes through the runtime. */
  cork(): void {
    this.corked = [];
  }

  uncork(): void {
    const messages = this.corked ?? [];
    this.corked = undefined;
    this.write(Buffer.concat(messages));
  }

  override write(data: Uint8Array | string, ...rest: never[]): ReturnType<CloudflareSocket['write']> {
    if (!this.corked || typeof data === 'string') return super.write(data, ...rest);
    this.corked.push(data);
    return true;
  }
}
