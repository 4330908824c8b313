import { startNeonEndpoint } from '../test/support/neon-endpoint.ts';

/** Neon's protocol in front of the PostgreSQL of the first argument, until the parent goes. */
const { url } = await startNeonEndpoint(new URL(process.argv[2] ?? ''));
process.send?.(new URL(url).host);
process.once('disconnect', () => process.exit());
