import type { Issuer, Session } from './issuer.ts';

/** An application of somebody else, in which users sign in with their account at a Better Auth server. */
export const thirdParty = {
  clientId: 'third-party',
  clientSecret: 'a-secret-of-the-third-party',
  name: 'Third party',
  type: 'web' as const,
  redirectUrls: ['https://third-party.example/callback'],
  disabled: false,
  skipConsent: true,
  metadata: null,
};

/** Signs a user in to the third party, and returns the ID token that it gets (OpenID Connect Core §3.1). */
export async function idTokenOf(issuer: Issuer, session: Session): Promise<string> {
  const { clientId, clientSecret, redirectUrls } = thirdParty;
  const shared = { client_id: clientId, redirect_uri: redirectUrls[0] ?? '' };
  const query = new URLSearchParams({ ...shared, response_type: 'code', scope: 'openid', state: 'x' });
  const authorized = await issuer.request('GET', `oauth2/authorize?${query}`, { session });
  const { url } = await authorized.json<{ url: string }>();
  const code = new URL(url).searchParams.get('code');
  const body = { ...shared, client_secret: clientSecret, grant_type: 'authorization_code', code };
  const response = await issuer.request('POST', 'oauth2/token', { body });
  return (await response.json<{ id_token: string }>()).id_token;
}
