import * as z from 'zod/mini';
import { ApiError } from '../http/errors.ts';

/** All in milliseconds. */
const FRESH = 5 * 60_000;
const USABLE = 24 * 60 * 60_000;
const COOL_DOWN = 30_000;
const PAUSE_WITHOUT_KEYS = 1_000;
const TIME_TO_ANSWER = 2_000;
const POLL = 10;

/** Base64url characters of 2048 bits, the least that RFC 7518 §3.3 allows. */
const MIN_RSA_MODULUS = 342;

/** The algorithms that Better Auth's `jwt` plugin offers, each with the one kind of key that it goes with. */
const kinds = {
  EdDSA: { kty: 'OKP', crv: 'Ed25519', import: { name: 'Ed25519' } },
  ES256: { kty: 'EC', crv: 'P-256', import: { name: 'ECDSA', namedCurve: 'P-256' } },
  ES512: { kty: 'EC', crv: 'P-521', import: { name: 'ECDSA', namedCurve: 'P-521' } },
  RS256: { kty: 'RSA', crv: undefined, import: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } },
  PS256: { kty: 'RSA', crv: undefined, import: { name: 'RSA-PSS', hash: 'SHA-256' } },
};

/** An algorithm that a public key verifies. */
export type PublicAlgorithm = keyof typeof kinds;

/** A public key, and the only algorithm that it may verify. */
export type PublicKey = { algorithm: PublicAlgorithm; key: CryptoKey };

/** What one issuer published, and when we asked. Plain data: no request waits on another's I/O. */
type KeySet = {
  keys: Map<string, PublicKey>;
  /** How often the keys were read. */
  reads: number;
  /** When they last were. */
  readAt: number;
  /** When the issuer was last asked, or, once it has answered, when that was. */
  askedAt: number;
  /** When it was last asked for the sake of an unknown key. */
  searchedAt: number;
  /** Until when the request that asks may take; 0 when none does. */
  askingUntil: number;
  /** Whether the last question has got no key set for an answer. */
  failed: boolean;
};

const keySets = new Map<string, KeySet>();

type PublishedKey = JsonWebKey & { kid?: string };

const published = z.lazy(() =>
  z.object({
    keys: z.array(z.custom<PublishedKey>((key) => typeof key === 'object' && key !== null)),
  }),
);

export function isPublicAlgorithm(name: string): name is PublicAlgorithm {
  return Object.hasOwn(kinds, name);
}

/**
 * The key of this id in the key set at `url`, imported once per isolate. The set is read again when it is some
 * minutes old, and when a token names an unknown key (after a rotation), for that at most once per 30 s. While the
 * issuer does not answer, known keys stay good for a day.
 *
 * @returns undefined where the issuer has no such key; it may be one for another algorithm than the token's.
 * @throws {ApiError} `issuer_unavailable` where that cannot be known.
 */
export async function publicKey(url: string, kid: string, algorithm: PublicAlgorithm): Promise<PublicKey | undefined> {
  const set = keySets.get(url) ?? {
    keys: new Map(),
    reads: 0,
    readAt: 0,
    askedAt: 0,
    searchedAt: 0,
    askingUntil: 0,
    failed: false,
  };
  keySets.set(url, set);
  const known = () => isUsable(set) && fits(set.keys.get(kid), algorithm);
  for (const { reads } = set; ; ) {
    const asking = Date.now() < set.askingUntil;
    if (asking ? known() : !isDue(set, known(), reads)) break;
    if (asking) await new Promise((done) => setTimeout(done, POLL));
    else await ask(set, url);
  }
  if (!known() && set.failed) throw new ApiError('issuer_unavailable');
  return known() ? set.keys.get(kid) : undefined;
}

const age = (instant: number) => Date.now() - instant;
const isUsable = ({ readAt }: KeySet) => age(readAt) < USABLE;

/**
 * Whether this is the key to try. Better Auth publishes its present setting as the algorithm of all its keys: an RSA
 * key for the other of its two algorithms may only be out of date.
 */
function fits(key: PublicKey | undefined, algorithm: PublicAlgorithm): boolean {
  if (!key) return false;
  return key.algorithm === algorithm || kinds[key.algorithm].kty !== 'RSA' || kinds[algorithm].kty !== 'RSA';
}

/** @param reads how often the set had been read when the request began: what has been read since is not searched again. */
function isDue(set: KeySet, known: boolean, reads: number): boolean {
  if (!isUsable(set)) return age(set.askedAt) >= PAUSE_WITHOUT_KEYS;
  if (!known) return set.reads === reads && age(set.searchedAt) >= COOL_DOWN;
  return age(set.readAt) >= FRESH && !(set.failed && age(set.askedAt) < COOL_DOWN);
}

/** Counts as failed until there is an answer: the request that asks may be cancelled, and never come back here. */
async function ask(set: KeySet, url: string): Promise<void> {
  const now = Date.now();
  if (isUsable(set) && age(set.readAt) < FRESH) set.searchedAt = now;
  Object.assign(set, { failed: true, askedAt: now, askingUntil: now + TIME_TO_ANSWER });
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(TIME_TO_ANSWER) });
    const { keys } = published.parse(answer.ok ? await answer.json() : undefined);
    const imported = await Promise.all(keys.map(importKey));
    set.keys = new Map(imported.filter((entry) => entry !== undefined));
    Object.assign(set, { failed: false, reads: set.reads + 1, readAt: Date.now() });
  } catch {
    // Whatever it was, there is no key set to use; `failed` says so.
  }
  Object.assign(set, { askedAt: Date.now(), askingUntil: 0 });
}

/** @returns the key under its id, or undefined for one that can verify nothing here: it does not spoil the others. */
async function importKey(published: PublishedKey): Promise<[string, PublicKey] | undefined> {
  const { kid, kty, crv, n, e, x, y } = published;
  const algorithm = algorithmOf(published);
  if (!algorithm || !kid || !isForVerifying(published)) return undefined;
  try {
    const jwk = { kty, crv, n, e, x, y } as JsonWebKey; // Without `alg`, which may be out of date.
    const key = await crypto.subtle.importKey('jwk', jwk, kinds[algorithm].import, false, ['verify']);
    return [kid, { algorithm, key }];
  } catch {
    return undefined;
  }
}

function isForVerifying({ use = 'sig', key_ops = ['verify'] }: JsonWebKey): boolean {
  return use === 'sig' && Array.isArray(key_ops) && key_ops.includes('verify');
}

/** A curve goes with one algorithm, whatever `alg` says; of RSA's two it is `alg` that chooses. */
function algorithmOf({ kty, crv, alg, n }: JsonWebKey): PublicAlgorithm | undefined {
  if (kty === 'RSA')
    return (alg === 'RS256' || alg === 'PS256') && (n ?? '').length >= MIN_RSA_MODULUS ? alg : undefined;
  const names = Object.keys(kinds) as PublicAlgorithm[];
  return names.find((name) => kinds[name].kty === kty && kinds[name].crv === crv);
}
