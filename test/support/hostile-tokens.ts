import { algorithmNames, algorithmSwaps, missingConfiguration, none, publicKeyAsSecret } from './hostile/algorithms.ts';
import { expiry, issuerAndAudience, noObjects, notYetValid } from './hostile/claims.ts';
import { ecdsaNumbers, ed25519Numbers } from './hostile/curves.ts';
import { otherAlphabets, serializations } from './hostile/encodings.ts';
import { critical, malformedHeaders } from './hostile/headers.ts';
import { broughtKeys, keyIds, unfitKeys } from './hostile/keys.ts';
import { authorizationHeaders, elsewhere, long } from './hostile/requests.ts';
import { rsaNumbers, rsaSchemes } from './hostile/rsa.ts';
import { rsaPadding } from './hostile/rsa-padding.ts';
import { alterations, segments, wrongSecrets, wrongSigners } from './hostile/signatures.ts';
import type { Family } from './hostile/types.ts';
import { otherTokens, sessions, subjects } from './hostile/users.ts';

/**
 * Tokens that must open nothing, by the recipe that they are made from: RFC 8725, the cases of C2SP's Wycheproof for
 * JSON web signatures (its payloads are octets, ours are claims), and published attacks on JWT libraries.
 */
export const families: Record<string, Family> = {
  'unsigned tokens, `none` in every spelling': none,
  'names of algorithms that are none of ours': algorithmNames,
  'public keys as HMAC secrets': publicKeyAsSecret,
  'right signatures under the name of another algorithm': algorithmSwaps,
  'S1 EC2: wrong secrets': wrongSecrets,
  'wrong signers': wrongSigners,
  'missing, empty, extra and swapped segments': segments,
  'tokens altered after they were signed': alterations,
  'ECDSA signatures of special numbers': ecdsaNumbers,
  'Ed25519 signatures of special numbers': ed25519Numbers,
  'RSA signatures of special numbers': rsaNumbers,
  'RSA signatures with another padding': rsaPadding,
  "RSA signatures by another scheme than the key's": rsaSchemes,
  'critical extensions': critical,
  'keys that the token brings or points to': broughtKeys,
  'key ids': keyIds,
  'keys of the set that are for something else': unfitKeys,
  'malformed headers': malformedHeaders,
  'payloads that are no JSON objects': noObjects,
  'subjects that are no user': subjects,
  'sessions that prove nothing': sessions,
  "Better Auth's other tokens": otherTokens,
  'S1 US1.3: times of expiry': expiry,
  'tokens that are not valid yet': notYetValid,
  'other issuers and audiences': issuerAndAudience,
  'other serializations, and encryption': serializations,
  'other alphabets and spellings': otherAlphabets,
  'Authorization headers that are not one scheme and one token': authorizationHeaders,
  'S1 US1.2, S3 US2.3: credentials elsewhere': elsewhere,
  'very long and very deep tokens': long,
  'kinds of keys that the deployment does not have': missingConfiguration,
};
