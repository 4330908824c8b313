import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import type { Steps } from './steps.ts';
import type { Visitor } from './visitor.ts';

const CREATE = '#operations-Tasks-createTask';
const WAIT = { timeout: 15_000 };

/** Reads the documentation in a browser, and creates a task from it with the visitor's token. */
export async function readDocs(steps: Steps, browser: Browser, api: string, visitor: Visitor): Promise<void> {
  const context = await browser.newContext({ colorScheme: 'light' });
  const page = await context.newPage();
  const complaints = await collectComplaints(page, api);

  await steps.take('/ leads to /docs, which shows every operation of the document', async () => {
    await page.goto(api, WAIT);
    await page.waitForSelector('.opblock', WAIT);
    assert.equal(new URL(page.url()).pathname, '/docs');
    assert.equal(await page.title(), 'TaskFlow API');
    await page.click('#operations-tag-Preflights');
    const { paths } = (await (await fetch(`${api}/openapi.json`)).json()) as { paths: Record<string, object> };
    const operations = Object.values(paths).flatMap((path) => Object.keys(path).filter((key) => key !== 'parameters'));
    await page.waitForSelector('.opblock-options', WAIT);
    assert.equal(await page.locator('.opblock').count(), operations.length);
  });

  await steps.take('the page is light or dark as the system is, and follows it', async () => {
    await untilBrightness(page, 200, 255);
    await page.emulateMedia({ colorScheme: 'dark' });
    await untilBrightness(page, 0, 60);
    await page.emulateMedia({ colorScheme: 'light' });
    await untilBrightness(page, 200, 255);
  });

  await steps.take('“Authorize” takes a token, and “Try it out” creates a task with it', async () => {
    await authorize(page, visitor.token);
    const title = `From the documentation ${Date.now()}`;
    const answer = await tryCreating(page, title);
    assert.equal(answer.status, '201');
    assert.equal(answer.body.user_id, visitor.userId);
    const list = await visitor.expect(200, 'GET /api/tasks');
    assert.deepEqual(list.body[0], answer.body);
    assert.equal(answer.body.title, title);
  });

  await steps.take(
    'the documentation asks no other host, breaks no content policy, and its console stays empty',
    async () => assert.deepEqual(complaints, []),
  );
  await context.close();
}

/** @returns what the page should never do, as it does it. */
async function collectComplaints(page: Page, api: string): Promise<string[]> {
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(`${error}`));
  page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on('requestfailed', (request) => complaints.push(`failed: ${request.url()}`));
  page.on('request', (request) => {
    if (!request.url().startsWith(`${api}/`) && !request.url().startsWith('data:')) complaints.push(request.url());
  });
  await page.exposeFunction('complain', (text: string) => complaints.push(text));
  await page.addInitScript(`addEventListener('securitypolicyviolation', (event) =>
    complain(event.violatedDirective + ' ' + event.blockedURI))`);
  return complaints;
}

/** Waits until what is behind the page is that bright, from 0, black, to 255. Asked from outside: its policy allows no code of ours. */
async function untilBrightness(page: Page, from: number, to: number): Promise<void> {
  const end = Date.now() + WAIT.timeout;
  for (let seen = Number.NaN; !(from <= seen && seen <= to); seen = await brightness(page))
    assert.ok(Date.now() < end, `brightness ${seen} instead of ${from} to ${to}`);
}

async function brightness(page: Page): Promise<number> {
  const color = await page.evaluate<string>(
    `[document.body, document.documentElement].map((e) => getComputedStyle(e).backgroundColor)
      .find((color) => color !== 'rgba(0, 0, 0, 0)') ?? 'rgb(255, 255, 255)'`,
  );
  const channels =
    color
      .match(/[\d.]+/g)
      ?.slice(0, 3)
      .map(Number) ?? [];
  return channels.reduce((sum, channel) => sum + channel, 0) / 3;
}

async function authorize(page: Page, token: string): Promise<void> {
  await page.click('.scheme-container button.authorize', WAIT);
  await page.fill('.auth-container input', token, WAIT);
  await page.click('.auth-btn-wrapper button.authorize', WAIT);
  await page.click('.auth-btn-wrapper button.btn-done', WAIT);
}

/** Fills in the form of “Create a task”, sends it, and reads the answer off the page. */
async function tryCreating(page: Page, title: string): Promise<{ status: string | undefined; body: any }> {
  await page.click(`${CREATE} .opblock-summary-control`, WAIT);
  await page.click(`${CREATE} .try-out__btn`, WAIT);
  await page.fill(`${CREATE} textarea`, JSON.stringify({ title }), WAIT);
  await page.click(`${CREATE} button.execute`, WAIT);
  const answer = page.locator(`${CREATE} .live-responses-table .response`);
  const status = (await answer.locator('.response-col_status').first().textContent(WAIT))?.trim();
  const body = await answer.locator('.highlight-code code').first().textContent(WAIT);
  return { status, body: JSON.parse(body ?? '') };
}
