import { availableParallelism } from 'node:os';
import { cloudflareTest } from '@cloudflare/vitest-pool-workers';
import { defineConfig } from 'vitest/config';
import { NEON_API_HOST, neonUrl } from './test/support/neon-host.ts';
import { openapiPlugin } from './test/support/openapi-plugin.ts';

// Where `wrangler.toml` binds Hyperdrive, wrangler asks for a database behind it; the tests name their own.
process.env.CLOUDFLARE_HYPERDRIVE_LOCAL_CONNECTION_STRING_HYPERDRIVE = 'postgres://nobody:unused@localhost/unused';

/** The whole contract, in workerd, over one of the two ways to the same PostgreSQL. */
function overTheWay(name: 'neon' | 'tcp') {
  // Where the Worker is called as a function, one runtime does for all files; to start one for each takes half of the time.
  const isolate = name === 'tcp';
  return {
    extends: true as const,
    plugins: [
      openapiPlugin(),
      cloudflareTest(({ inject }) => ({
        main: './test/support/worker.ts',
        wrangler: { configPath: './wrangler.toml' },
        miniflare: {
          bindings: { TEST_DATABASE_URL: name === 'neon' ? neonUrl(inject('databaseUrl')) : inject('databaseUrl') },
          hyperdrives: name === 'tcp' ? { HYPERDRIVE: inject('databaseUrl') } : {},
          outboundService: (request: Request) => forward(request, inject('neonEndpoint')),
        },
      })),
    ],
    test: {
      name,
      isolate,
      setupFiles: './test/support/each-file.ts',
      include: ['test/*.test.ts'],
      // 2,500 requests that all test the same SQL: once is enough, on the way where a request of a test costs least.
      exclude: name === 'tcp' ? ['test/pairs.test.ts'] : [],
    },
  };
}

/** Requests for Neon's endpoint go to the one that the tests started; all others where they are meant to. */
async function forward(request: Request, neonEndpoint: string): Promise<Response> {
  const { hostname } = new URL(request.url);
  const body = request.method === 'GET' ? undefined : await request.arrayBuffer();
  return fetch(hostname === NEON_API_HOST ? neonEndpoint : request.url, {
    method: request.method,
    headers: [...request.headers].filter(([key]) => key !== 'host' && key !== 'content-length'),
    body,
  });
}

export default defineConfig({
  test: {
    globalSetup: './test/support/global-setup.ts',
    silent: 'passed-only',
    maxWorkers: Math.max(2, availableParallelism() - 1), // Most of a test's time is another process's.
    testTimeout: 60_000,
    reporters: ['default', ['json', { outputFile: 'dist/test-results.json' }]],
    projects: [
      overTheWay('neon'),
      overTheWay('tcp'),
      // What a person does in a shell: the commands of the README, in Node.
      { extends: true, test: { name: 'shell', include: ['test/node/*.test.ts'] } },
    ],
  },
});
