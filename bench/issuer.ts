import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sign } from 'hono/jwt';

/** Where tokens come from: a shared secret, and a key set that is served as Better Auth serves its own. */
export type Issuer = {
  url: string;
  secret: string;
  /** `host:port` of the key set's server. */
  host: string;
  /** The public key that EdDSA tokens are signed with. */
  publicKey: JsonWebKey;
  fetches: () => number;
  /** A short token, as a frontend's own route signs it. */
  hs256: (user: Named) => Promise<string>;
  /** A token with all the claims that Better Auth's `jwt` plugin puts into one. */
  eddsa: (user: Named) => Promise<string>;
  stop: () => void;
};

type Named = { id: string };

const LIFETIME_SECONDS = 15 * 60;

/** Starts the key set's server: two keys, as after a rotation. */
export async function startIssuer(): Promise<Issuer> {
  const [former, current] = [await keyPair(), await keyPair()];
  const keySet = JSON.stringify({ keys: [former.publicKey, current.publicKey] });
  let fetches = 0;
  const server = createServer((request, response) => {
    if (request.url === '/api/auth/jwks') fetches++;
    response.writeHead(200, { 'Content-Type': 'application/json' }).end(keySet);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const url = `http://${host}`;
  const secret = randomBytes(32).toString('hex');
  return {
    url,
    host,
    secret,
    publicKey: current.publicKey,
    fetches: () => fetches,
    hs256: ({ id }) => sign({ sub: id, email: `${id}@example.com`, ...times() }, secret, 'HS256'),
    // The key's own `alg` and `kid` become the header's.
    eddsa: (user) => sign(betterAuthClaims(user, url), current.privateKey as never, 'EdDSA'),
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function keyPair(): Promise<{ publicKey: JsonWebKey; privateKey: JsonWebKey }> {
  const pair = (await crypto.subtle.generateKey({ name: 'Ed25519' }, true, ['sign', 'verify'])) as CryptoKeyPair;
  const kid = crypto.randomUUID();
  const jwk = async (key: CryptoKey) => {
    const { kty, crv, x, d } = (await crypto.subtle.exportKey('jwk', key)) as JsonWebKey;
    return { kty, crv, x, ...(d && { d }), alg: 'EdDSA', kid } as JsonWebKey;
  };
  return { publicKey: await jwk(pair.publicKey), privateKey: await jwk(pair.privateKey) };
}

function times() {
  const iat = Math.floor(Date.now() / 1000);
  return { iat, exp: iat + LIFETIME_SECONDS };
}

function betterAuthClaims({ id }: Named, url: string) {
  const now = new Date().toISOString();
  const user = { id, name: 'Ada Lovelace', email: `${id}@example.com`, emailVerified: true, image: null };
  return { ...times(), ...user, createdAt: now, updatedAt: now, sub: id, iss: url, aud: url };
}
