/** What the runtime's messages say of a failed connection, in our own fixed words. */
const phrases: [RegExp, string][] = [
  [/timed? ?out|aborted due to timeout/i, 'timed out'],
  [/dns|lookup|resolve host|getaddrinfo|not found/i, 'host not found'],
  [/tls|ssl|certificate|handshake/i, 'TLS refused'],
  [/refused/i, 'connection refused'],
  [/cannot connect to the specified address/i, 'connection refused or host not found'],
];

/** @returns why a connection failed, in fixed words for the log: never the runtime's own, which may hold a URL. */
export function networkFailure(error: unknown): string {
  const text = error instanceof Error ? `${error.name} ${error.message}` : '';
  return phrases.find(([pattern]) => pattern.test(text))?.[1] ?? 'connection failed';
}

/** Why Cloudflare could not reach a host, by the status with which it responds instead. */
export const cloudflareFailures: Record<number, string> = {
  521: 'connection refused',
  522: 'timed out',
  525: 'TLS refused',
  526: 'TLS refused',
  530: 'host not found',
};
