import { claimFamilies, sessionMembers } from './claims.ts';
import { keyFamilies } from './keys.ts';
import { requestFamilies } from './requests.ts';
import { segmentFamilies } from './segments.ts';
import { encode, expired, type Families, signSegments } from './world.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const blanks = ['\\u0020', '\\u0020\\u0020', '\\u00a0', '\\u2003', '\\u2028', '\\u3000', '\\ufeff'];
const parties = ['https://other.example.com', 'https://issuer.example.test', 'client', '', null, 0, [], {}, ['a', 'b']];

/** Sets a bit of the last character that encodes nothing, in the segments that have one. */
const setUnusedBit = (segments: string[]) =>
  segments
    .filter(({ length }) => length % 4 > 0)
    .map((segment) => segment.slice(0, -1) + ALPHABET[ALPHABET.indexOf(segment.slice(-1)) + 1]);
const encodeWithUnusedBit = (value: object) =>
  setUnusedBit(['', ' ', '  '].map((end) => encode(JSON.stringify(value) + end)));

const intendedFamilies: Families = {
  'base64url that is not canonical': ({ claims, hs256, keys, token }) =>
    [hs256, ...keys].map(async (signer) => {
      const [h, p, s = ''] = (await token(signer)).split('.');
      return [
        encodeWithUnusedBit(signer.header).map((header) => signSegments(`${header}.${p}`, signer)),
        encodeWithUnusedBit(claims).map((payload) => signSegments(`${h}.${payload}`, signer)),
        setUnusedBit([s]).map((signature) => `${h}.${p}.${signature}`),
      ];
    }),
  'user ids of only white space': ({ claims: { exp }, hs256, token, both }) =>
    blanks.map((blank) => [
      both({}, `{"exp":${exp},"sub":"${blank}"}`),
      token(hs256, {}, `{"exp":${exp},${sessionMembers(`"${blank}"`)}}`),
    ]),
  'sessions that expired before their token': ({ user, claims: { exp }, hs256, token }) => {
    const instants = [1, 60, 86_400].map((seconds) => Date.now() - seconds * 1000);
    const forms = instants.flatMap((ms) => [new Date(ms).toISOString(), ms, Math.floor(ms / 1000)]);
    const sessions = forms.map((expiresAt) => ({ userId: user, expiresAt }));
    return expired(sessions.map((session) => token(hs256, {}, { exp, user: { id: user }, session })));
  },
  'tokens for or by another party, where JWT_AUDIENCE and JWT_ISSUER are not set': ({ claims, keys, token }) =>
    keys.map((key) =>
      parties.flatMap((aud) => [{ aud }, { iss: aud }]).map((other) => token(key, {}, { ...claims, ...other })),
    ),
};

/** The threats of RFC 8725 and published attacks on JWT libraries, as far as they meet checks of ours. */
export const families: Families = {
  ...keyFamilies,
  ...segmentFamilies,
  ...claimFamilies,
  ...requestFamilies,
  ...intendedFamilies,
};
