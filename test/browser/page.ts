import { createAuthClient } from 'better-auth/client';
import { jwtClient } from 'better-auth/client/plugins';

/** Better Auth's client as a frontend sets it up: its server is on the page's origin. */
const client = createAuthClient({ plugins: [jwtClient()] });

declare global {
  var auth: typeof client;
}

globalThis.auth = client;
