import { waitUntil } from 'cloudflare:workers';
import { ApiError } from '../http/errors.ts';
import { fetchJwks, type PublicAlgorithm } from './jwks-fetch.ts';

/** All in milliseconds. docs/tokens.md has the states, and what each of these means for a key that is withdrawn. */
const CACHE_MAX_AGE = 5 * 60_000;
const STALE_IF_ERROR = 24 * 60 * 60_000;
const COOLDOWN = 30_000;
const RETRY_PAUSE = 1_000;
const FETCH_TIMEOUT = 2_000;

/** Longer than any fetch takes, in case its promise never settles. */
const MAX_WAIT = FETCH_TIMEOUT + 500;

/** What one issuer published, and when it was asked. Instants are milliseconds since 1970, 0 for never. */
type CachedJwks = {
  keys: Map<string, CryptoKey>;
  fetchedAt: number;
  /** When the last fetch began. */
  attemptedAt: number;
  /** When it was last fetched for the sake of an unknown key. */
  searchedAt: number;
  /** Why the last attempt failed. */
  failure?: string | undefined;
  /** The fetch under way. Requests share it: workerd resolves promises across requests. */
  pending?: Promise<void> | undefined;
};

const cache = new Map<string, CachedJwks>();

/**
 * The key of this id and algorithm in the JWKS at `url`. The JWKS is fetched again when it is older than
 * `CACHE_MAX_AGE`, and for an unknown key at most once per `COOLDOWN`. While the issuer fails, cached keys stay good
 * for `STALE_IF_ERROR`.
 *
 * @returns undefined if the issuer has no such key.
 * @throws {ApiError} `issuer_unavailable` if that cannot be known.
 */
export async function publicKey(url: string, kid: string, algorithm: PublicAlgorithm): Promise<CryptoKey | undefined> {
  const jwks: CachedJwks = cache.get(url) ?? { keys: new Map(), fetchedAt: 0, attemptedAt: 0, searchedAt: 0 };
  cache.set(url, jwks);
  const find = () => (isYounger(jwks.fetchedAt, STALE_IF_ERROR) ? jwks.keys.get(`${algorithm} ${kid}`) : undefined);
  const isPending = jwks.pending && isYounger(jwks.attemptedAt, MAX_WAIT);
  if (!isPending && isFetchDue(jwks, find() !== undefined)) startFetch(jwks, url);
  else if (find()) return find();
  if (jwks.pending) await Promise.race([jwks.pending, new Promise((resolve) => setTimeout(resolve, MAX_WAIT))]);
  const key = find();
  const failure = jwks.pending ? 'timed out' : jwks.failure;
  if (!key && failure) throw new ApiError('issuer_unavailable', { reason: `${new URL(url).host}: ${failure}` });
  return key;
}

/** Also false for an instant in the future, after the clock was set back. */
function isYounger(instant: number, maxAge: number): boolean {
  const age = Date.now() - instant;
  return age >= 0 && age < maxAge;
}

function isFetchDue({ fetchedAt, attemptedAt, searchedAt, failure }: CachedJwks, isCached: boolean): boolean {
  if (!isYounger(fetchedAt, STALE_IF_ERROR)) return !isYounger(attemptedAt, RETRY_PAUSE);
  if (!isYounger(fetchedAt, CACHE_MAX_AGE)) return !failure || !isYounger(attemptedAt, COOLDOWN);
  return !isCached && !isYounger(searchedAt, COOLDOWN);
}

/** In `waitUntil`: the client whose request starts a fetch may hang up, and the fetch is finished all the same. */
function startFetch(jwks: CachedJwks, url: string): void {
  jwks.attemptedAt = Date.now();
  if (isYounger(jwks.fetchedAt, CACHE_MAX_AGE)) jwks.searchedAt = jwks.attemptedAt;
  jwks.pending = refresh(jwks, url).finally(() => {
    jwks.pending = undefined;
  });
  waitUntil(jwks.pending);
}

async function refresh(jwks: CachedJwks, url: string): Promise<void> {
  const { keys, failure } = await fetchJwks(url, FETCH_TIMEOUT);
  jwks.failure = failure;
  if (!keys) return;
  jwks.keys = keys;
  jwks.fetchedAt = Date.now();
}
