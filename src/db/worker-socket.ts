import { CloudflareSocket } from 'pg-cloudflare';

/** The socket of `pg` on Workers, with what `pg` expects of a Node stream and the base class lacks. */
export class WorkerSocket extends CloudflareSocket {
  private state: 'connecting' | 'open' | 'closed' = 'connecting';
  /** Whether the server has sent nothing, its consent to TLS aside. */
  private isSilent = true;
  private corked: Uint8Array[] | undefined;

  override async _listen(): Promise<void> {
    this.state = 'open';
    try {
      await super._listen();
    } finally {
      this.disconnect();
    }
  }

  /**
   * Leaves it to the server to hang up: workerd keeps a socket that it closed itself in the isolate's memory
   * (https://github.com/cloudflare/workerd/issues/7202). `destroy` does not wait.
   */
  override end(): this {
    return this.state === 'open' && !this.destroyed ? this : super.end();
  }

  override destroy(reason?: string): this {
    super.destroy(reason);
    this.disconnect();
    return this;
  }

  /** Emits `close` in any case: `pg` would wait for a response that cannot come. */
  private disconnect(): void {
    if (this.state === 'closed') return;
    if (this.isInHandshake()) this.emit('error');
    this.state = 'closed';
    super.end();
    this.emit('close');
  }

  /** workerd does not say that it distrusts a certificate: the connection ends, or fails with an internal error. */
  private isInHandshake(): boolean {
    return this.ssl && this.state === 'open' && this.isSilent && !this.destroyed;
  }

  /** Drops errors that follow the end. */
  override emit(event: string, ...details: unknown[]): boolean {
    if (event === 'data' && this.state === 'open') this.isSilent = false;
    if (event === 'close' && this.state !== 'closed') {
      this.disconnect(); // Emits it.
      return true;
    }
    if (event !== 'error') return super.emit(event, ...details);
    if (this.isInHandshake()) return super.emit(event, new Error('the TLS handshake failed'));
    return this.state !== 'closed' && super.emit(event, ...details);
  }

  /** Holds messages back until `uncork`: a statement is five of them, and each write goes through the runtime. */
  cork(): void {
    this.corked = [];
  }

  uncork(): void {
    const messages = this.corked ?? [];
    this.corked = undefined;
    this.write(concatenate(messages));
  }

  override write(data: Uint8Array | string, ...rest: unknown[]): boolean | undefined {
    if (!this.corked || typeof data === 'string') return super.write(data, ...rest);
    this.corked.push(data);
    return true;
  }
}

function concatenate(chunks: Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(chunks.reduce((size, chunk) => size + chunk.byteLength, 0));
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return whole;
}
