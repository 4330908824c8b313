import { encode, type Families, forged, type Hostile, mac, refuse, words } from './world.ts';

/** Authorization headers unlike those of RFC 6750 §2.1. A `*` is a right token, a `_` a space. */
const authorizations = words(`* Basic_* Digest_* Token_* JWT_* DPoP_* BearerToken_* XBearer_* Bearer* Bearer:* Bearer:_*
  Bearer=* Bearer,* Bearer/* Bear_er_* Bearer_Bearer_* Bearer_token=* Bearer_token="*" Bearer_"*" Bearer_'*' Bearer_<*>
  Bearer_*; Bearer_*, Bearer_,* Bearer_*= Bearer_*. Bearer_.* Bearer_*_* Bearer_*,* Bearer_*,_* Bearer_*,_Bearer_*
  Bearer_*_x Bearer_x_* Bearer_null_* Basic_dTpw,_Bearer_* Bearer_*,_Basic_dTpw "Bearer_*" Bearer_-* Bearer_*.*
  Bearer bearer Basic Basic_Og== Bearer_null Bearer_undefined Bearer_[object_Object] Bearer_""
  Bearer_{} Bearer_. Bearer_.. Bearer_a.b Bearer_a.b.c Bearer_=.=.= Bearer_e30.e30. Bearer_e30.e30.e30 null , ?`);
const names = words('X-Authorization Proxy-Authorization X-Access-Token X-Auth-Token Authentication X-JWT X-User-Id');
const cookies = words('token jwt better-auth.session_token __Secure-better-auth.session_data');
const parameters = words('access_token token jwt authorization bearer_token');
const fill = (what: string, size = 8192) => what.repeat(size / what.length);

export const requestFamilies: Families = {
  'Authorization headers that are not one scheme and one token': ({ both }) =>
    both({}).map(async (token) => {
      const right = await token;
      const values = authorizations.map((value) => value.replaceAll('_', ' ').replaceAll('*', right));
      const others = [`Bearer\t${right}`, `Bearer ${right}\t${right}`, `Basic ${btoa(`user:${right}`)}`];
      return [...values, ...others].map(refuse);
    }),
  'credentials elsewhere, or none [S1 US1.2, S3 US2.3]': async ({ user, hs256, token }) => {
    const right = await token(hs256);
    const requests = [
      ...[{}, { headers: { Authorization: '' } }, { headers: { 'X-Forwarded-User': user } }],
      ...names.flatMap((name) => [`Bearer ${right}`, user].map((value) => ({ headers: { [name]: value } }))),
      ...cookies.map((name) => ({ headers: { Cookie: `${name}=${right}` } })),
      ...parameters.map((name) => ({ query: `${name}=${right}` })),
    ];
    return requests.map((request): Hostile => ({ refusal: 'not_authenticated', ...request }));
  },
  'very long and very deep tokens': ({ claims, hs256, eddsa, token }) => [
    ['a', '.', 'a.', '=', '-', 'Bearer ', ' ', '\t', 'e30.', '"', '%00'].map((what) => `x${fill(what)}x`),
    ['[', '{"a":', '[{"":'].map((what) => [token(hs256, fill(what, 6000)), token(hs256, {}, fill(what, 6000))]),
    forged(token(mac('wrong'), { pad: fill('x') }), token(mac('wrong'), {}, { ...claims, pad: fill('x') })),
    forged([hs256, eddsa].map(({ header }) => `${encode(header)}.${encode(claims)}.${fill('A')}`)),
    [`Bearer${fill(' ')}x`, fill('Bearer,')].map(refuse),
  ],
};
