import { notUtf8 } from './segments.ts';
import { change, encode, expired, type Families, words } from './world.ts';

const notObjects = (text: string) =>
  words(`1 - 1e999 "s" "" null true undefined { {} [] [${text}] [["sub","user"]] ${text}} ${text.slice(0, -1)} ${text}x
    ${text}${text} ${text}, ${text.replace('{', '{,')} ${text.replaceAll('"', "'")} ${JSON.stringify(text)} sub=user`);
const notTimes = (time: number) =>
  words(`null true false [] {} "" "tomorrow" "${time}" "${new Date(time * 1000).toISOString()}" [${time}] NaN
    {"valueOf":${time}} 1e999 -1e999 "Infinity" "NaN" 0x${time.toString(16)} +${time} 0${time} ${time}n`);
const otherUrls = (url: string) =>
  words(`null "" 0 true {} [] {"${url}":true} [["${url}"]] ["${url}/"] "${url}/" "${url}\\u0020" "${url},x" "x${url}"
    "${url}\\u0000" "${url}.example.org" "${url.toUpperCase()}" "${url.slice(0, -1)}" "${url.replace('https', 'http')}"`);
const notUserIds = (id: string) =>
  words(`"" 0 1 -1 1.5 1e999 null true false [] {} ["a","b"] [${id}] [[${id}]] {"id":${id}} {"toString":${id}} {"length":5}
    "${'u'.repeat(256)}" "${'u'.repeat(5000)}" "${'😀'.repeat(256)}" "\\u0000" "a\\u0000b" "a\\nb" "a\\r\\nb" "\\t"
    "\\u001b[31m" "a\\u007f" "a\\u0085" "\\u009f" "\\ud800" "a\\udc00b" "\\udc00\\ud800"`);

const blanks = ['\\u0020', '\\u0020\\u0020', '\\u00a0', '\\u2003', '\\u2028', '\\u3000', '\\ufeff'];
const parties = ['https://other.example.com', 'https://issuer.example.test', 'client', '', null, 0, [], {}, ['a', 'b']];

/** What Better Auth signs with the same secret, beside sessions. */
const otherPayloads = (id: string) =>
  words(`"email":"a@example.com" "email":"a@example.com","user":{"id":${id}} "id":${id},"name":"Alice"
    "email":"a@example.com","updateTo":"b@example.com","requestType":"change-email-verification","session":{"userId":${id}}
    "callbackURL":"/","codeVerifier":"v" "jti":"x","scope":"openid","client_id":"app"`);

const sessionMembers = (user: string, owner = user) => `"user":{"id":${user}},"session":{"userId":${owner}}`;

/** Payloads are written as JSON, since `JSON.stringify` writes nothing that is malformed. */
export const claimFamilies: Families = {
  'payloads that are not one JSON object in UTF-8': async ({ claims, hs256, token, both }) => {
    const text = JSON.stringify(claims);
    const bytes = [`{"x":"*",${text.slice(1)}`, `{"exp":${claims.exp},"sub":"a*"}`].flatMap(notUtf8);
    const payloads = [' ', `${text}\0`, await token(hs256), ...notObjects(text), ...bytes];
    return payloads.map((payload) => both({}, payload));
  },
  'expired tokens, and tokens without a valid expiry [S1 US1.3]': ({ claims: { sub, exp, iat }, both }) => {
    const past = words(`0 -0 -1 1 0.5 1e-9 -${exp} -1e300 ${iat} ${iat - 0.5} ${iat - 29} ${exp},"exp":${iat}`);
    const elsewhere = words(`"x":1 "EXP":${exp} "expires":${exp},"expires_in":3600 "__proto__":{"exp":${exp}}`);
    return [
      elsewhere.map((text) => both({}, `{"sub":"${sub}",${text}}`)),
      notTimes(exp).map((json) => both({}, `{"sub":"${sub}","exp":${json}}`)),
      expired(past.map((json) => both({}, `{"sub":"${sub}","exp":${json}}`))),
    ];
  },
  'tokens that are not valid yet': ({ claims: { sub, exp, iat }, both }) => {
    const times = [...notTimes(iat), iat + 120, iat + 86_400, iat * 1000];
    const members = times.flatMap((time) => [`"nbf":${time}`, `"iat":${time}`]);
    return members.map((text) => both({}, `{"sub":"${sub}","exp":${exp},${text}}`));
  },
  'other issuers and audiences': ({ claims: { sub, exp }, both }) => {
    const [iss, aud] = ['https://app.example.com', 'https://api.example.com'];
    const members = [
      ...[...otherUrls(iss), `["${iss}"]`, `"${aud}"`].map((json) => `"iss":${json},"aud":"${aud}"`),
      ...[...otherUrls(aud), `["${iss}"]`, `"${iss}"`].map((json) => `"iss":"${iss}","aud":${json}`),
      ...[`"iss":"${iss}"`, `"aud":"${aud}"`],
    ];
    const tokens = members.map((text) => both({}, `{"sub":"${sub}","exp":${exp},${text}}`));
    return change({ env: { JWT_ISSUER: iss, JWT_AUDIENCE: aud } }, ...tokens);
  },
  'subjects that are not a user id': ({ claims: { exp }, user, both }) => {
    const id = `"${user}"`;
    const members = [
      ...words(`"x":1 "SUB":${id},"user_id":${id},"id":${id} "claims":{"sub":${id}} "__proto__":{"sub":${id}}`),
      ...[...notUserIds(id), `${id},"sub":null`].map((json) => `"sub":${json}`),
      ...['""', null, 7].map((sub) => `"sub":${sub},${sessionMembers(id)}`),
    ];
    return members.map((text) => both({}, `{"exp":${exp},${text}}`));
  },
  'sessions that do not name one user': ({ claims: { exp, iat }, user, hs256, token }) => {
    const id = `"${user}"`;
    const users = words(`{"id":"x"} {"userId":${id}} {} [{"id":${id}}] [${id}] ${id} null {"__proto__":{"id":${id}}}`);
    const owners = words(`{"userId":"x"} {"user_id":${id}} {"id":${id}} {"user":{"id":${id}}} {} [${id}] ${id} null`);
    const members = [
      ...users.map((json) => `"user":${json},"session":{"userId":${id}}`),
      ...owners.map((json) => `"user":{"id":${id}},"session":${json}`),
      ...notUserIds(id).map((json) => sessionMembers(json)),
      ...words(`"user":{"id":${id}} "session":{"userId":${id}} "user":${id},"session":${id} ${sessionMembers('7', '"7"')}
        "User":{"id":${id}},"Session":{"userId":${id}} "session":{${sessionMembers(id)}} "data":{${sessionMembers(id)}}`),
    ];
    const old = token(hs256, {}, `{"exp":${iat},${sessionMembers(id)}}`);
    return [expired(old), members.map((text) => token(hs256, {}, `{"exp":${exp},${text}}`))];
  },
  'other tokens of Better Auth': ({ claims: { exp }, user, secret, hs256, token }) => {
    const opaque = 'KAVLODdFppSE0PZUE9yl69vXJMfJYzO1';
    const cache = { session: { user: { id: user }, session: { userId: user } }, expiresAt: exp * 1000 };
    return [
      otherPayloads(`"${user}"`).map((text) => token(hs256, {}, `{"exp":${exp},${text}}`)),
      [opaque, `key_${opaque}`, `${opaque}.${btoa('?'.repeat(32))}`, `${opaque}.${encodeURIComponent(btoa('???'))}`],
      [encode(cache), `${encode({ alg: 'dir', enc: 'A256CBC-HS512', kid: 'x' })}..AAAA.BBBB.CCCC`, secret],
    ];
  },
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
