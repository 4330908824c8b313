import { CloudflareSocket } from 'pg-cloudflare';

/** Milliseconds that the server may take to hang up after it was told goodbye. */
const FAREWELL_MS = 1_000;

/** The socket of `pg` on Workers, with what it lacks of a Node stream and `pg` makes use of. */
export class WorkerSocket extends CloudflareSocket {
  private state: 'connecting' | 'listening' | 'over' = 'connecting';
  private patience: ReturnType<typeof setTimeout> | undefined;
  private corked: Uint8Array[] | undefined;

  /** Says that the server has hung up: `pg` would otherwise wait for an answer that cannot come any more. */
  override async _listen(): Promise<void> {
    this.state = 'listening';
    try {
      await super._listen();
    } finally {
      this.state = 'over';
      clearTimeout(this.patience);
      super.end();
      this.emit('close');
    }
  }

  /** What goes wrong after the end is of no interest to anyone, and has no reason. */
  override emit(event: string, ...details: unknown[]): boolean {
    return !(event === 'error' && this.state === 'over') && super.emit(event, ...details);
  }

  /**
   * Lets the server hang up first, which was told goodbye: workerd keeps a socket that it closed itself in the
   * isolate's memory (https://github.com/cloudflare/workerd/issues/7202).
   */
  override end(): this {
    if (this.destroyed || this.state !== 'listening') return super.end();
    this.patience = setTimeout(() => super.end(), FAREWELL_MS);
    return this;
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
