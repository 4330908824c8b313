import { expect, type MockInstance, vi } from 'vitest';
import { publicKey } from '../../src/auth/jwks.ts';
import { ApiError } from '../../src/http/errors.ts';

type Respond = (signal: AbortSignal) => Response | Promise<Response>;

/** A public key as an issuer publishes it. */
async function publishedKey(kid: string): Promise<object> {
  const pair = (await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as CryptoKeyPair;
  const { kty, crv, x } = (await crypto.subtle.exportKey('jwk', pair.publicKey)) as JsonWebKey;
  return { kid, alg: 'EdDSA', kty, crv, x };
}

export const [first, second] = await Promise.all([publishedKey('first'), publishedKey('second')]);

/**
 * An issuer that no other test asks, instead of `fetch`. Timers and the clock are in the test's hands, the time limit
 * of the fetch included. What `fetch` gets is recorded.
 */
export class MockedIssuer {
  readonly host = `${crypto.randomUUID()}.example.test`;
  readonly url = `https://${this.host}/jwks`;
  respond: Respond = () => Response.json({ keys: [] });
  readonly fetch: MockInstance<typeof fetch>;

  constructor(...keys: object[]) {
    vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] });
    vi.spyOn(AbortSignal, 'timeout').mockImplementation(abortAfter);
    this.fetch = vi.spyOn(globalThis, 'fetch').mockImplementation(async (_, init) => {
      const { signal } = init as { signal: AbortSignal };
      return this.respond(signal);
    });
    this.publish(...keys);
  }

  publish(...keys: unknown[]): void {
    this.respond = () => Response.json({ keys });
  }

  fail(status = 503): void {
    this.respond = () => new Response(null, { status });
  }

  get fetches(): number {
    return this.fetch.mock.calls.length;
  }

  /** Looks for a key as a request does. @returns `found`, `unknown`, or why that cannot be known. */
  async find(kid: string): Promise<string> {
    try {
      const key = await publicKey(this.url, kid, 'EdDSA');
      return key ? 'found' : 'unknown';
    } catch (error) {
      if (error instanceof ApiError) return `${error.code}, ${error.details.reason}`;
      throw error;
    }
  }

  /** What `find` returns where this is the last failure. */
  unavailable(failure: string): string {
    return `issuer_unavailable, ${this.host}: ${failure}`;
  }
}

function abortAfter(milliseconds: number): AbortSignal {
  const controller = new AbortController();
  const reason = new DOMException('The operation was aborted due to timeout', 'TimeoutError');
  setTimeout(() => controller.abort(reason), milliseconds);
  return controller.signal;
}

/** A response that never comes. */
export const hang: Respond = (signal) =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

export const pass = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);

/** @returns an issuer whose first key is cached, from one fetch. */
export async function startCached(): Promise<MockedIssuer> {
  const issuer = new MockedIssuer(first);
  expect(await issuer.find('first')).toBe('found');
  return issuer;
}
