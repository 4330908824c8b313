import { generateKey, type PublicJwk, type PublicKeyAlg, publicKeyAlgs, type SigningKey } from './forge.ts';
import type { World } from './types.ts';

/** Makes the issuer's keys and a stranger's. The issuer also publishes keys that are for something else. */
export async function createWorld(user: string, secret: string): Promise<World> {
  const now = Math.floor(Date.now() / 1000);
  const [keys, strangers, second, unfit] = await Promise.all([
    keyPerAlg('issuer'),
    keyPerAlg('stranger'),
    generateKey('EdDSA', 'issuer-EdDSA-2'),
    unfitKeys(),
  ]);
  const published = [...Object.values(keys), second, ...Object.values(unfit)].map(({ jwk }) => jwk);
  return {
    user,
    secret,
    claims: { sub: user, iat: now, exp: now + 3600 },
    keys,
    second,
    unfit,
    strangers,
    keySet: { keys: [...published, ...otherKinds] },
  };
}

/** The secret of a key that the set holds by mistake: everyone can read it. */
export const PUBLISHED_OCTETS = 'published-octets-published-octets';

/** Kinds of keys that no algorithm of ours uses (RFC 7517 §5: to be ignored). */
const otherKinds: PublicJwk[] = [
  { kid: 'octets', kty: 'oct', alg: 'HS256', k: btoa(PUBLISHED_OCTETS).replaceAll('=', '') },
  { kid: 'x25519', kty: 'OKP', crv: 'X25519', x: '3p7bfXt9wbTTW2HC7OQ1Nz-DQ8hbeGdNrfx-FG-IK08' },
  { kid: 'unheard-of', kty: 'LWE', alg: 'EdDSA' },
];

async function keyPerAlg(owner: string): Promise<Record<PublicKeyAlg, SigningKey>> {
  const entries = publicKeyAlgs.map(async (alg) => [alg, await generateKey(alg, `${owner}-${alg}`)] as const);
  return Object.fromEntries(await Promise.all(entries)) as Record<PublicKeyAlg, SigningKey>;
}

/** Keys for encryption, as Wycheproof's `rejectWrongUse` and `rejectWrongKeyOps` have them, and one that is too short. */
async function unfitKeys(): Promise<Record<string, SigningKey>> {
  const entries = (['RS256', 'ES256', 'EdDSA'] as const).flatMap((alg) => [
    publishedWith(alg, `${alg}-use-enc`, { use: 'enc' }),
    publishedWith(alg, `${alg}-key_ops-encrypt`, { key_ops: ['encrypt'] }),
  ]);
  const short = generateKey('RS256', 'RS256-1024-bits', { modulusLength: 1024 });
  return Object.fromEntries((await Promise.all([...entries, short])).map((key) => [key.kid, key]));
}

async function publishedWith(alg: PublicKeyAlg, kid: string, members: Partial<PublicJwk>): Promise<SigningKey> {
  const key = await generateKey(alg, kid);
  return { ...key, jwk: { ...key.jwk, ...members } };
}
