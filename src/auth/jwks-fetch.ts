import * as z from 'zod/mini';
import { readBytes } from '../http/read-bytes.ts';
import { cloudflareFailures, networkFailure } from '../network-failure.ts';

/** A JWKS is a few kilobytes. */
const MAX_BYTES = 262_144;

/** Base64url characters of 2048 bits, the least that RFC 7518 §3.3 allows. */
const MIN_RSA_MODULUS = 342;

/** The algorithms of Better Auth's `jwt` plugin, each with its kind of key. */
const algorithms = {
  EdDSA: { kty: 'OKP', crv: 'Ed25519', import: { name: 'Ed25519' } },
  ES256: { kty: 'EC', crv: 'P-256', import: { name: 'ECDSA', namedCurve: 'P-256' } },
  ES512: { kty: 'EC', crv: 'P-521', import: { name: 'ECDSA', namedCurve: 'P-521' } },
  RS256: { kty: 'RSA', crv: undefined, import: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } },
  PS256: { kty: 'RSA', crv: undefined, import: { name: 'RSA-PSS', hash: 'SHA-256' } },
};

/** An algorithm that a public key verifies. */
export type PublicAlgorithm = keyof typeof algorithms;

export function isPublicAlgorithm(name: string): name is PublicAlgorithm {
  return Object.hasOwn(algorithms, name);
}

/** Keys by algorithm and id (`EdDSA key-1`), or why there are none, in fixed words for the log. */
export type FetchedJwks = { keys?: Map<string, CryptoKey>; failure?: string };

type PublishedKey = JsonWebKey & { kid?: string };

const jwksSchema = z.lazy(() => z.object({ keys: z.array(z.unknown()) }));

/** Fetches a JWKS (RFC 7517 §5). Entries that are of no use here are ignored. Never rejects. */
export async function fetchJwks(url: string, timeout: number): Promise<FetchedJwks> {
  try {
    const response = await fetch(url, {
      headers: { Accept: 'application/json', 'User-Agent': 'taskflow-api' },
      redirect: 'manual',
      signal: AbortSignal.timeout(timeout),
    });
    if (!response.ok) {
      await response.body?.cancel();
      const failure = `the JWKS URL responded with status ${response.status}`;
      return { failure: cloudflareFailures[response.status] ?? failure };
    }
    const body = await readBytes(response.body, MAX_BYTES);
    if (body) return await importJwks(await new Response(body).json().catch(() => undefined));
    await response.body?.cancel();
    return { failure: 'the JWKS is too large' };
  } catch (error) {
    return { failure: networkFailure(error) };
  }
}

async function importJwks(json: unknown): Promise<FetchedJwks> {
  const parsed = jwksSchema.safeParse(json);
  if (!parsed.success) return { failure: 'the response is not a JWKS' };
  const imported = await Promise.all(parsed.data.keys.map((entry) => importKey(entry as PublishedKey).catch(() => [])));
  const keys = new Map(imported.flat());
  return keys.size > 0 ? { keys } : { keys, failure: 'the JWKS has no usable key' };
}

/**
 * @returns the key under its algorithm and id; nothing if it can verify no token.
 * @throws if the entry is malformed.
 */
async function importKey(published: PublishedKey): Promise<[string, CryptoKey][]> {
  const { kid, kty, crv, n, e, x, y, use = 'sig', key_ops = ['verify'] } = published;
  const algorithm = algorithmOf(published);
  const isForSignatures = use === 'sig' && Array.isArray(key_ops) && key_ops.includes('verify');
  if (!algorithm || typeof kid !== 'string' || !isForSignatures) return [];
  const jwk = { kty, crv, n, e, x, y } as JsonWebKey; // Without `alg`, which may be out of date.
  const key = await crypto.subtle.importKey('jwk', jwk, algorithms[algorithm].import, false, ['verify']);
  return [[`${algorithm} ${kid}`, key]];
}

/** By curve, not `alg`: Better Auth publishes its current `alg` for old keys, too. RSA has no curve, so needs `alg`. */
function algorithmOf({ kty, crv, alg, n = '' }: PublishedKey): PublicAlgorithm | undefined {
  if (kty === 'RSA') return (alg === 'RS256' || alg === 'PS256') && n.length >= MIN_RSA_MODULUS ? alg : undefined;
  const names = Object.keys(algorithms).filter(isPublicAlgorithm);
  return names.find((name) => algorithms[name].kty === kty && algorithms[name].crv === crv);
}
