import type { Bindings } from '../../../src/http/app-env.ts';
import type { PublicJwk, PublicKeyAlg, SigningKey } from './forge.ts';

/** How the API refuses a request whose credentials it does not take. */
export type Refusal = 'invalid_token' | 'invalid_signature' | 'token_expired' | 'not_authenticated';

/** Credentials that must open nothing, and the refusal that the contract has for them. */
export type Hostile = {
  name: string;
  refusal: Refusal;
  /** The whole value of the Authorization header; without it, none is sent. */
  authorization?: string;
  headers?: Record<string, string>;
  query?: string;
  /** Variables that differ from the usual ones. */
  env?: Partial<Bindings>;
};

/** The world that the tokens are made for: a user, the secret, the issuer's keys, and a stranger's. */
export type World = {
  user: string;
  secret: string;
  /** Claims that, rightly signed, open the API to the user. */
  claims: { sub: string; iat: number; exp: number };
  /** The issuer's keys, one for each algorithm. */
  keys: Record<PublicKeyAlg, SigningKey>;
  /** One more of the issuer's EdDSA keys. */
  second: SigningKey;
  /** Keys that the issuer publishes and that must not verify a signature, by what is wrong with them. */
  unfit: Record<string, SigningKey>;
  /** Keys that the issuer does not know. */
  strangers: Record<PublicKeyAlg, SigningKey>;
  keySet: { keys: PublicJwk[] };
};

/** Tokens made by one recipe. */
export type Family = (world: World) => Hostile[] | Promise<Hostile[]>;

/** A bearer token that must be refused. */
export async function bearer(
  name: string,
  token: string | Promise<string>,
  refusal: Refusal = 'invalid_token',
): Promise<Hostile> {
  return { name, authorization: `Bearer ${await token}`, refusal };
}

/** A bearer token that is well-formed, names a key or the secret, and whose signature is not by it. */
export function forged(name: string, token: string | Promise<string>): Promise<Hostile> {
  return bearer(name, token, 'invalid_signature');
}

type Making = Hostile | Promise<Hostile | Hostile[]> | Making[];

/** Resolves a list, however nested, of tokens that are still being made. */
export async function made(...lists: Making[]): Promise<Hostile[]> {
  const flat = lists.flat(9) as (Hostile | Promise<Hostile | Hostile[]>)[];
  return (await Promise.all(flat)).flat();
}
