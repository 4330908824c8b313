import { rightTokens } from './encodings.ts';
import { encode, headerOf, mac, seal } from './forge.ts';
import { bearer, type Family, forged, type Hostile, made } from './types.ts';

/** Authorization headers that hold a right token, `*`, but not as RFC 6750 §2.1 has it. */
// biome-ignore format: a list of words
const aroundTokens = [
  '*', 'Basic *', 'Digest *', 'Token *', 'JWT *', 'DPoP *', 'Negotiate *', 'BearerToken *', 'XBearer *', 'Bearer*', 'Bearer:*', 'Bearer: *',
  'Bearer=*', 'Bearer,*', 'Bearer\t*', 'Bearer/*', 'Bear er *', 'Bearer Bearer *', 'Bearer token=*', 'Bearer token="*"',
  'Bearer "*"', "Bearer '*'", 'Bearer <*>', 'Bearer [*]', 'Bearer {*}', 'Bearer *;', 'Bearer *,', 'Bearer ,*', 'Bearer *=', 'Bearer *.', 'Bearer .*',
  'Bearer * *', 'Bearer *,*', 'Bearer *, *', 'Bearer *, Bearer *', 'Bearer * x', 'Bearer x *', 'Bearer null *', 'Bearer *\t*',
  'Basic dTpw, Bearer *', 'Bearer *, Basic dTpw', '"Bearer *"', 'Bearer -*', 'Bearer *.*',
];

// biome-ignore format: a list of words
const withoutTokens = [
  'Bearer', 'bearer', 'Basic', 'Basic Og==', 'Bearer null', 'Bearer undefined', 'Bearer [object Object]', 'Bearer true', 'Bearer ""', 'Bearer {}',
  'Bearer .', 'Bearer ..', 'Bearer ...', 'Bearer a.b', 'Bearer a.b.c', 'Bearer =.=.=', 'Bearer e30.e30.', 'Bearer e30.e30.e30', 'Bearer W10.W10.W10',
  'null', ',', '?',
];

/** RFC 6750 §2.1: one scheme, a space, one token. */
export const authorizationHeaders: Family = async (world) => {
  const refused = (name: string, authorization: string): Hostile => ({ name, authorization, refusal: 'invalid_token' });
  const perKind = rightTokens(world).map(async ({ kind, header, payload, sign }) => {
    const token = await seal(header, payload, sign);
    const basic = refused(`${kind}, as a password`, `Basic ${btoa(`user:${token}`)}`);
    return [basic, ...aroundTokens.map((value) => refused(`${kind}, ${value}`, value.replaceAll('*', token)))];
  });
  return made(
    perKind,
    withoutTokens.map((value) => refused(value, value)),
  );
};

const headers = ['X-Authorization', 'Proxy-Authorization', 'X-Access-Token', 'X-Auth-Token', 'Authentication', 'X-JWT'];
const identities = ['X-User-Id', 'X-Forwarded-User', 'X-Authenticated-User', 'Remote-User'];
const cookies = ['token', 'jwt', 'Authorization', 'better-auth.session_token', '__Secure-better-auth.session_data'];
const parameters = ['access_token', 'token', 'jwt', 'authorization', 'bearer_token'];

/** A right token anywhere but in the Authorization header is no credential at all. */
export const elsewhere: Family = async ({ user, claims, secret }) => {
  const token = await seal({ alg: 'HS256' }, claims, mac(secret));
  const nobody = { refusal: 'not_authenticated' as const };
  return [
    { name: 'no credentials', ...nobody },
    { name: 'an empty header', authorization: '', ...nobody },
    ...headers.map((name) => ({ name, headers: { [name]: `Bearer ${token}` }, ...nobody })),
    ...identities.map((name) => ({ name, headers: { [name]: user }, ...nobody })),
    ...cookies.map((name) => ({ name: `the cookie ${name}`, headers: { Cookie: `${name}=${token}` }, ...nobody })),
    ...parameters.map((name) => ({ name: `the parameter ${name}`, query: `${name}=${token}`, ...nobody })),
  ];
};

const SIZE = 8192;

/** 8 kB and more, where a slow pattern or a deep recursion would show. */
export const long: Family = ({ claims, secret, keys: { EdDSA } }) => {
  const filled = (what: string, size = SIZE) => what.repeat(size / what.length);
  const runs = ['a', '.', 'a.', '=', '-', 'bearer', 'Bearer ', ' ', '\t', 'e30.', '"', '%00'];
  const deep = ['[', '{"a":', '[{"":'];
  const [padded, pad] = [{ ...claims, text: filled('x') }, filled('x')];
  const unsigned = (header: object) => `${encode(header)}.${encode(claims)}.${filled('A')}`;
  return made(
    runs.map((what) => bearer(`${JSON.stringify(what)} for 8 kB`, `x${filled(what)}x`)),
    deep.map((what) => bearer(`a header of ${what}…`, seal(filled(what, 6000), claims, mac(secret)))),
    deep.map((what) => bearer(`a payload of ${what}…`, seal({ alg: 'HS256' }, filled(what, 6000), mac(secret)))),
    forged('HS256 over 8 kB', seal({ alg: 'HS256' }, padded, mac('wrong'))),
    forged('EdDSA over 8 kB, a MAC', seal(headerOf(EdDSA), padded, mac('wrong'))),
    forged('a header of 8 kB', seal({ alg: 'HS256', pad }, claims, mac('wrong'))),
    forged('a MAC of 8 kB', unsigned({ alg: 'HS256' })),
    forged('an EdDSA signature of 8 kB', unsigned(headerOf(EdDSA))),
    { name: '8 kB of spaces', authorization: `Bearer${filled(' ')}x`, refusal: 'invalid_token' },
    { name: '8 kB of schemes', authorization: filled('Bearer,'), refusal: 'invalid_token' },
  );
};
