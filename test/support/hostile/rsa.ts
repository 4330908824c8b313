import {
  base64url,
  by,
  fromBase64url,
  headerOf,
  joined,
  numberOf,
  octets,
  type Signer,
  type SigningKey,
  seal,
  segmentsOf,
} from './forge.ts';
import { type Family, forged, type Hostile, made, type World } from './types.ts';

/** The length of a signature by an RSA key of 2048 bits. */
export const BYTES = 256;

/** Textbook RSA, with which the holder of a key can sign what no library would: the padding is the forger's own. */
type Textbook = {
  modulus: bigint;
  sign: (block: Uint8Array) => Uint8Array;
  open: (signature: Uint8Array) => Uint8Array;
};

/** Opens up one of the keys. */
export async function textbook({ pair }: SigningKey): Promise<Textbook> {
  const { n = '', e = '', d = '' } = (await crypto.subtle.exportKey('jwk', pair.privateKey)) as JsonWebKey;
  const modulus = numberOf(fromBase64url(n));
  const raised = (bytes: Uint8Array, exponent: string) =>
    octets(power(numberOf(bytes), numberOf(fromBase64url(exponent)), modulus), BYTES);
  return { modulus, sign: (block) => raised(block, d), open: (signature) => raised(signature, e) };
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  for (let square = base % modulus, bits = exponent; bits > 0n; bits >>= 1n) {
    if (bits & 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}

/** RSA signatures that are the wrong number, or the right number in the wrong number of bytes. */
export const rsaNumbers: Family = ({ claims, keys }) =>
  made([keys.RS256, keys.PS256].map((key) => numbersFor(key, claims)));

async function numbersFor(key: SigningKey, claims: object): Promise<Hostile[]> {
  const [header, payload, right] = segmentsOf(await seal(headerOf(key), claims, by(key)));
  const { modulus } = await textbook(key);
  const signature = fromBase64url(right);
  const forgeries: [string, Uint8Array][] = [
    ['0', octets(0n, BYTES)],
    ['1', octets(1n, BYTES)],
    ['n - 1', octets(modulus - 1n, BYTES)],
    ['n', octets(modulus, BYTES)],
    ['n - s', octets(modulus - numberOf(signature), BYTES)],
    ['s + n', octets(numberOf(signature) + modulus, BYTES + 1)],
    ['a leading zero', joined([0], signature)],
    ['trailing zeros', joined(signature, [0, 0])],
    ['one byte short', signature.slice(0, -1)],
    ['one byte', signature.slice(0, 1)],
    ['twice over', joined(signature, signature)],
  ];
  return made(
    forgeries.map(([what, forgery]) => forged(`${key.alg}, ${what}`, `${header}.${payload}.${base64url(forgery)}`)),
  );
}

/** PSS with another salt, hash or padding than PS256's, and each of RSA's two schemes under the other's name. */
export const rsaSchemes: Family = (world) => {
  const { RS256, PS256 } = world.keys;
  const relabelled = (what: string, key: SigningKey, scheme: Scheme, saltLength = 32) =>
    forged(what, seal(headerOf(key), world.claims, byScheme(key, scheme, saltLength)));
  const [pkcs1, pss] = ['RSASSA-PKCS1-v1_5', 'RSA-PSS'];
  return made(
    [0, 1, 20, 31, 33, 64, 222].map((length) =>
      relabelled(`PS256 with ${length} bytes of salt`, PS256, { name: pss, hash: 'SHA-256' }, length),
    ),
    ['SHA-1', 'SHA-384', 'SHA-512'].flatMap((hash) => [
      relabelled(`PS256 with ${hash}`, PS256, { name: pss, hash }),
      relabelled(`RS256 with ${hash}`, RS256, { name: pkcs1, hash }),
    ]),
    relabelled('PKCS #1 padding called PS256', PS256, { name: pkcs1, hash: 'SHA-256' }),
    relabelled('PSS padding called RS256', RS256, { name: pss, hash: 'SHA-256' }),
    brokenPss(world),
  );
};

type Scheme = { name: string; hash: string };

/** Signs with the same RSA key by another scheme or hash. */
function byScheme({ pair }: SigningKey, scheme: Scheme, saltLength: number): Signer {
  return async (signed) => {
    const pkcs8 = (await crypto.subtle.exportKey('pkcs8', pair.privateKey)) as ArrayBuffer;
    const key = await crypto.subtle.importKey('pkcs8', pkcs8, scheme, false, ['sign']);
    return new Uint8Array(await crypto.subtle.sign({ name: scheme.name, saltLength }, key, signed));
  };
}

/** A token with PS256 whose block (RFC 8017 §9.1) was right until this byte was changed, and was signed again. */
export async function resignedToken({ claims, keys: { PS256 } }: World, at: number, mask: number): Promise<string> {
  const { sign, open } = await textbook(PS256);
  return seal(headerOf(PS256), claims, async (signed) =>
    sign(open(await by(PS256)(signed)).map((byte, i) => (i === at ? byte ^ mask : byte))),
  );
}

function brokenPss(world: World): Promise<Hostile>[] {
  const changes: [string, number, number][] = [
    ['trailer', BYTES - 1, 0x70],
    ['last byte of the hash', BYTES - 2, 1],
    ['first byte of the hash', BYTES - 33, 1],
    ['last byte of the salt', BYTES - 34, 1],
    ['padding', 10, 1],
  ];
  return changes.map(([what, at, mask]) => forged(`PS256 with another ${what}`, resignedToken(world, at, mask)));
}
