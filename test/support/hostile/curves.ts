import {
  always,
  base64url,
  by,
  fromBase64url,
  fromHex,
  headerOf,
  hex,
  joined,
  numberOf,
  octets,
  type SigningKey,
  seal,
  segmentsOf,
  utf8,
} from './forge.ts';
import { type Family, forged, type Hostile, made } from './types.ts';

type Curve = { key: SigningKey; bytes: number; order: bigint };

const P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const P521_ORDER =
  0x01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409n;

/** CVE-2022-21449 and Wycheproof's `SpecialCaseEs256`: signatures of numbers that no honest signer makes. */
export const ecdsaNumbers: Family = ({ claims, keys }) => {
  const curves = [
    { key: keys.ES256, bytes: 32, order: P256_ORDER },
    { key: keys.ES512, bytes: 66, order: P521_ORDER },
  ];
  return made(curves.map((curve) => [extremes(claims, curve), respelled(claims, curve)]));
};

/** Each of r and s as 0, 1, n - 1 and n. */
function extremes(claims: object, { key, bytes, order }: Curve): Promise<Hostile[]> {
  const values = { 0: 0n, 1: 1n, 'n - 1': order - 1n, n: order };
  const pairs = Object.entries(values).flatMap(([r, rValue]) =>
    Object.entries(values).map(([s, sValue]) => {
      const signature = joined(octets(rValue, bytes), octets(sValue, bytes));
      return forged(`${key.alg}, r = ${r}, s = ${s}`, seal(headerOf(key), claims, always(signature)));
    }),
  );
  return made(pairs);
}

/** A right signature's r and s, spelled as JWS does not spell them (RFC 7518 §3.4). */
async function respelled(claims: object, { key, bytes, order }: Curve): Promise<Hostile[]> {
  const [header, payload, right] = segmentsOf(await seal(headerOf(key), claims, by(key)));
  const signature = fromBase64url(right);
  const [left, rest] = [signature.slice(0, bytes), signature.slice(bytes)];
  const [r, s] = [numberOf(left), numberOf(rest)];
  const longer = (rValue: bigint, sValue: bigint) => joined(octets(rValue, bytes + 1), octets(sValue, bytes + 1));
  const zeros = new Uint8Array(bytes);
  const forgeries: [string, Uint8Array][] = [
    ['DER', der(left, rest)],
    ['DER of zeros', fromHex('3006020100020100')],
    ['a leading zero on each', longer(r, s)],
    ['r + n', longer(r + order, s)],
    ['s + n', longer(r, s + order)],
    ['r + n, s + n', longer(r + order, s + order)],
    ['trailing zeros', joined(signature, [0, 0])],
    ['leading zeros', joined([0, 0], signature)],
    ['one byte short', signature.slice(0, -1)],
    ['one byte', signature.slice(0, 1)],
    ['r alone', left],
    ['s before r', joined(rest, left)],
    ['r and zeros', joined(left, zeros)],
    ['zeros and s', joined(zeros, rest)],
    ['zeros, one byte short', new Uint8Array(bytes * 2 - 1)],
    ['twice over', joined(signature, signature)],
    ['hexadecimal', utf8(hex(signature))],
  ];
  return made(
    forgeries.map(([what, forgery]) => forged(`${key.alg}, ${what}`, `${header}.${payload}.${base64url(forgery)}`)),
  );
}

/** The same signature as ASN.1 has it, and as most systems other than JWS pass it around. */
function der(r: Uint8Array, s: Uint8Array): Uint8Array {
  const integer = (bytes: Uint8Array) => {
    const digits = hex(bytes).replace(/^(00)+/, '');
    const value = fromHex(/^[89a-f]/.test(digits) ? `00${digits}` : digits);
    return joined([2, value.length], value);
  };
  const content = joined(integer(r), integer(s));
  return joined(content.length > 127 ? [0x30, 0x81, content.length] : [0x30, content.length], content);
}

const ED25519_ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;

/** RFC 8032 §5.1.7: S must be below the order of the group, and no part of a signature may be left out. */
export const ed25519Numbers: Family = async ({ claims, keys: { EdDSA } }) => {
  const [header, payload, right] = segmentsOf(await seal(headerOf(EdDSA), claims, by(EdDSA)));
  const signature = fromBase64url(right);
  const [point, scalar] = [signature.slice(0, 32), signature.slice(32)];
  const littleEndian = (number: bigint) => octets(number, 32).reverse();
  const identity = joined([1], new Uint8Array(31));
  const zero = new Uint8Array(32);
  const forgeries: [string, Uint8Array][] = [
    ['zeros', new Uint8Array(64)],
    ['R and zeros', joined(point, zero)],
    ['zeros and S', joined(zero, scalar)],
    ['S + L', joined(point, littleEndian(numberOf(scalar.slice().reverse()) + ED25519_ORDER))],
    ['S = L', joined(point, littleEndian(ED25519_ORDER))],
    ['the identity and S = 0', joined(identity, zero)],
    ['the identity and S', joined(identity, scalar)],
    ['S before R', joined(scalar, point)],
    ['all ones', new Uint8Array(64).fill(255)],
    ['one byte short', signature.slice(0, -1)],
    ['one byte', signature.slice(0, 1)],
    ['half', point],
    ['a trailing zero', joined(signature, [0])],
    ['a leading zero', joined([0], signature)],
    ['twice over', joined(signature, signature)],
    ['zeros, as long as Ed448', new Uint8Array(114)],
  ];
  return made(
    forgeries.map(([what, forgery]) => forged(`EdDSA, ${what}`, `${header}.${payload}.${base64url(forgery)}`)),
  );
};
