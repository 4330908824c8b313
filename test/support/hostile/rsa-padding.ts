import { fromHex, headerOf, hex, joined, seal } from './forge.ts';
import { BYTES, textbook } from './rsa.ts';
import { type Family, forged, made, type World } from './types.ts';

const ALGORITHM = '300d06096086480165030402010500';

/** DigestInfos that say "SHA-256" in other ways than the one right one (Wycheproof's `ModifiedPadding`). */
const digestInfos: [string, (hash: string) => string][] = [
  ['no DigestInfo', (hash) => hash],
  ['no NULL parameter', (hash) => `302f300b06096086480165030402010420${hash}`],
  ['a long-form length', (hash) => `308131${ALGORITHM}0420${hash}`],
  ['a length with a leading zero', (hash) => `30820031${ALGORITHM}0420${hash}`],
  ['an indefinite length', (hash) => `3080${ALGORITHM}0420${hash}0000`],
  ['a length one too great', (hash) => `3032${ALGORITHM}0420${hash}`],
  ['a length one too small', (hash) => `3030${ALGORITHM}0420${hash}`],
  ['a NULL after the hash', (hash) => `3033${ALGORITHM}0420${hash}0500`],
  ['zeros after the hash', (hash) => `3031${ALGORITHM}0420${hash}0000`],
  ['a NULL with content', (hash) => `3033300f0609608648016503040201050200000420${hash}`],
  ['a SET for the SEQUENCE', (hash) => `3131${ALGORITHM}0420${hash}`],
  ['a BIT STRING for the hash', (hash) => `3031${ALGORITHM}0320${hash}`],
  ['a composed OCTET STRING', (hash) => `3033${ALGORITHM}24220420${hash}`],
  ['the identifier of SHA-384', (hash) => `3031300d060960864801650304020205000420${hash}`],
  ['the identifier of SHA-512', (hash) => `3031300d060960864801650304020305000420${hash}`],
  ['the identifier of SHA-1', (hash) => `3029300906052b0e03021a05000420${hash}`],
  ['a hash cut short', (hash) => `3030${ALGORITHM}041f${hash.slice(0, -2)}`],
  ['an empty hash', () => `3011${ALGORITHM}0400`],
];

type Block = (info: Uint8Array) => Uint8Array;

const ones = (count: number): Uint8Array => new Uint8Array(count).fill(255);

const zeros = (count: number): Uint8Array => new Uint8Array(count);

/** EMSA-PKCS1-v1_5 (RFC 8017 §9.2) as it should be. */
const padded: Block = (info) => joined([0, 1], ones(BYTES - 3 - info.length), [0], info);

/** Paddings that careless verifiers took, Bleichenbacher's of 2006 first; `rest` is what the hash leaves of the block. */
const blocks: [string, (info: Uint8Array, rest: number) => Uint8Array][] = [
  ['garbage after the hash', (info, rest) => joined([0, 1], ones(8), [0], info, zeros(rest - 11).fill(7))],
  ['garbage before the hash', (info, rest) => joined([0, 1], ones(8), [0], zeros(rest - 11).fill(7), info)],
  ['zeros after the hash', (info, rest) => joined([0, 1], ones(rest - 19), [0], info, zeros(16))],
  ['no padding', (info, rest) => joined([0, 1, 0], info, zeros(rest - 3))],
  ['padding of zeros', (info, rest) => joined([0, 1], zeros(rest - 2), info)],
  ['one bit of the padding', (info, rest) => joined([0, 1], ones(9), [254], ones(rest - 13), [0], info)],
  ['block type 0', (info, rest) => joined(zeros(rest), info)],
  ['block type 2', (info, rest) => joined([0, 2], ones(rest - 3), [0], info)],
  ['no separator', (info, rest) => joined([0, 1], ones(rest - 2), info)],
  ['no first zero', (info, rest) => joined([1], ones(rest - 2), [0], info)],
];

const rightInfo = (hash: string) => `3031${ALGORITHM}0420${hash}`;

/** A token with RS256 whose padding is what the two say: exactly PKCS #1's unless they say otherwise. */
export async function paddedToken(
  { claims, keys: { RS256 } }: World,
  block = padded,
  info = rightInfo,
): Promise<string> {
  const { sign } = await textbook(RS256);
  return seal(headerOf(RS256), claims, async (signed) => {
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', signed));
    return sign(block(fromHex(info(hex(digest)))));
  });
}

/** RS256 signatures whose padding is not exactly PKCS #1's, made with the issuer's own key. */
export const rsaPadding: Family = (world) =>
  made(
    digestInfos.map(([what, info]) => forged(`RS256, ${what}`, paddedToken(world, padded, info))),
    blocks.map(([what, block]) =>
      forged(
        `RS256, ${what} in the block`,
        paddedToken(world, (info) => block(info, BYTES - info.length)),
      ),
    ),
  );
