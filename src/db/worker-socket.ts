import { connect } from 'cloudflare:sockets';
import { Buffer } from 'node:buffer';
import { EventEmitter } from 'node:events';

/**
 * A TCP connection of the Workers runtime, with what `pg` uses of a Node stream. A `Duplex` would cost a tenth of a
 * request's CPU; `pg-cloudflare` does not tell `pg` that the server hung up.
 */
export class WorkerSocket extends EventEmitter {
  writable = false;
  readonly #secureTransport: 'starttls' | 'off';
  #socket: Socket | undefined;
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  #writer: WritableStreamDefaultWriter<Uint8Array> | undefined;
  #corked: Uint8Array[] | undefined;
  #isInHandshake = false;
  #isDestroyed = false;

  constructor(usesTls: boolean) {
    super();
    this.#secureTransport = usesTls ? 'starttls' : 'off';
  }

  setNoDelay(): void {}

  async connect(port: number, hostname: string): Promise<void> {
    try {
      const address = { hostname: hostname.includes(':') ? `[${hostname}]` : hostname, port }; // In brackets: IPv6.
      // Without `allowHalfOpen`, workerd keeps a socket that it closed itself, or that used TLS, in the isolate's
      // memory (https://github.com/cloudflare/workerd/issues/7202).
      this.#use(connect(address, { secureTransport: this.#secureTransport, allowHalfOpen: true }));
      await this.#socket?.opened;
      this.writable = true;
      this.emit('connect');
      for (let chunk = await this.#reader?.read(); chunk?.value; chunk = await this.#reader?.read()) {
        this.#isInHandshake = false;
        this.emit('data', Buffer.from(chunk.value.buffer, chunk.value.byteOffset, chunk.value.byteLength));
      }
      this.destroy();
    } catch (error) {
      this.destroy(error);
    }
  }

  /** `pg` calls this while it handles the server's consent, so nothing is being read. */
  startTls({ host }: { host: string }): void {
    this.#reader?.releaseLock();
    this.#writer?.releaseLock();
    this.#isInHandshake = true;
    if (this.#socket) this.#use(this.#socket.startTls({ expectedServerHostname: host }));
  }

  #use(socket: Socket): void {
    socket.closed.catch(() => {}); // Reading fails, too.
    this.#socket = socket;
    this.#reader = socket.readable.getReader();
    this.#writer = socket.writable.getWriter();
  }

  write(data: Uint8Array, callback = () => {}): void {
    // If writing fails, so does reading, after what the server has sent, which may say why.
    if (this.#corked) this.#corked.push(data);
    else this.#writer?.write(data).then(callback, () => {});
  }

  /** Holds messages back until `uncork`: a statement is five of them, and each write goes through the runtime. */
  cork(): void {
    this.#corked = [];
  }

  uncork(): void {
    const messages = this.#corked ?? [];
    this.#corked = undefined;
    this.write(Buffer.concat(messages));
  }

  end(): void {
    this.destroy();
  }

  destroy(error?: unknown): void {
    if (this.#isDestroyed) return;
    this.#isDestroyed = true;
    this.writable = false;
    this.#socket?.close().catch(() => {});
    // Later, as Node does: `pg` first destroys the stream, then listens for its end.
    queueMicrotask(() => {
      // workerd does not say that it distrusts a certificate: the connection ends, or fails with an internal error.
      const failure = this.#isInHandshake ? new Error('the TLS handshake failed') : error;
      if (failure) this.emit('error', failure);
      this.emit('close');
    });
  }
}
