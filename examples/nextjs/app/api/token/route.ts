import { signJWT } from 'better-auth/crypto';
import { auth } from '../../../lib/auth';

/** Gives the signed-in user a token for the API, signed with the shared secret. */
export async function GET(request: Request): Promise<Response> {
  const session = await auth.api.getSession({ headers: request.headers });
  if (!session) return Response.json({ error: 'Not signed in' }, { status: 401 });
  const token = await signJWT({ sub: session.user.id }, process.env.BETTER_AUTH_SECRET ?? '', 15 * 60);
  return Response.json({ token }, { headers: { 'Cache-Control': 'no-store' } });
}
