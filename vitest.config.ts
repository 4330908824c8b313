import { availableParallelism } from 'node:os';
import { cloudflareTest } from '@cloudflare/vitest-pool-workers';
import { defineConfig } from 'vitest/config';
import { isNeonApi } from './test/support/neon-host.ts';
import { openapiPlugin } from './test/support/openapi-plugin.ts';

// Where `wrangler.toml` binds Hyperdrive, wrangler asks for a database behind it; the tests bind their own.
process.env.CLOUDFLARE_HYPERDRIVE_LOCAL_CONNECTION_STRING_HYPERDRIVE = 'postgres://nobody:unused@localhost/unused';

/**
 * The files that also run over TCP: what they test depends on how values reach PostgreSQL and come back, on errors,
 * connections, streams, concurrency and the Hyperdrive binding. `model` and `every-response` are the broad ones. All
 * others test what is done before a request reaches the database, or in the SQL, which is the same.
 */
const overTcp = [
  ...['completion', 'filters', 'idempotency', 'lists', 'long-lists', 'model', 'page-sizes', 'tasks', 'updates'],
  ...['database-failures', 'database-preconditions', 'database-settings', 'descriptions'],
  ...['every-response', 'failure-reasons', 'hyperdrive', 'readiness', 'tables'],
].map((name) => `test/${name}.test.ts`);

const common = {
  maxWorkers: Math.max(2, availableParallelism() - 1), // Most of a test's time is another process's.
  testTimeout: 60_000,
  hookTimeout: 60_000,
};

/** The built Worker in workerd, in front of a real PostgreSQL. */
function overTransport(transport: 'neon' | 'tcp') {
  return {
    plugins: [
      openapiPlugin(),
      cloudflareTest(({ inject }) => ({
        main: './test/support/worker.ts',
        wrangler: { configPath: './wrangler.toml' },
        miniflare: {
          hyperdrives: { HYPERDRIVE: inject('workerDatabaseUrl') },
          // Requests for Neon go to the endpoint that the tests started, and all others where they are meant to go.
          outboundService: async (request) =>
            fetch(isNeonApi(new URL(request.url).hostname) ? inject('neonEndpoint') : request.url, {
              method: request.method,
              redirect: 'manual',
              headers: [...request.headers].filter(([name]) => name !== 'host' && name !== 'content-length'),
              ...(request.method !== 'GET' && { body: await request.arrayBuffer() }),
            }),
        },
      })),
    ],
    test: {
      ...common,
      name: transport,
      provide: { transport },
      // Over HTTP the Worker is called as a function, and one runtime serves all files in half of the time.
      isolate: transport === 'tcp',
      setupFiles: './test/support/each-file.ts',
      include: transport === 'tcp' ? overTcp : ['test/*.test.ts'],
    },
  };
}

export default defineConfig({
  test: {
    silent: 'passed-only',
    maxWorkers: common.maxWorkers,
    // Once for all projects, whose tests share what it starts.
    globalSetup: './test/support/global-setup.ts',
    reporters: ['default', ['json', { outputFile: 'dist/test-results.json' }]],
    projects: [
      overTransport('neon'),
      overTransport('tcp'),
      // The commands of the README, in Node.
      { test: { ...common, testTimeout: 300_000, name: 'shell', include: ['test/node/*.test.ts'] } },
    ],
  },
});
