import { Agent, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';

/** What a client got: status 0 where there was no answer at all. */
export type Answer = { status: number; body: string; headers: IncomingMessage['headers']; milliseconds: number };

export type Ask = { method: string; path: string; token?: string; body?: unknown; headers?: Record<string, string> };

/** Longer than any answer may take, so that a slow one is seen as slow and not as missing. */
const PATIENCE = 15_000;

/** Sends requests to one Worker on connections that are kept, and remembers what must not happen. */
export class Client {
  private readonly agent = new Agent({ keepAlive: true });
  private readonly url: string;

  constructor(url: string) {
    this.url = url;
  }

  /** Never throws: an answer that does not come is an answer with status 0 and the reason as its body. */
  async send(ask: Ask): Promise<Answer> {
    const start = performance.now();
    try {
      const response = await this.open(ask);
      const body = await text(response);
      const { statusCode = 0, headers } = response;
      return { status: statusCode, body, headers, milliseconds: performance.now() - start };
    } catch (error) {
      return { status: 0, body: String(error), headers: {}, milliseconds: performance.now() - start };
    }
  }

  /** @returns the answer when its head is there, its body still to be read. */
  open({ method, path, token, body, headers }: Ask): Promise<IncomingMessage> {
    const payload = body === undefined ? undefined : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const sent = request(
        new URL(path, this.url).href,
        {
          method,
          agent: this.agent,
          signal: AbortSignal.timeout(PATIENCE),
          headers: {
            ...(token && { Authorization: `Bearer ${token}` }),
            ...(payload && { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(payload) }),
            ...headers,
          },
        },
        resolve,
      );
      sent.on('error', reject);
      sent.end(payload);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}
