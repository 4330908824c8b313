import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import { step } from '../support/checks.ts';
import type { User } from './user.ts';

const CREATE = '#operations-Tasks-createTask';

/** Reads the docs page, and creates a task there with the user's token. */
export async function useDocs(browser: Browser, api: string, user: User): Promise<void> {
  const page = await (await browser.newContext({ colorScheme: 'light' })).newPage();
  const problems = await collectProblems(page, api);

  await step('/ redirects to /docs, which shows every operation of the document', async () => {
    await page.goto(api);
    await page.waitForSelector('.opblock-tag');
    const folded = page.locator('.opblock-tag[data-is-open=false]');
    assert.deepEqual(await folded.getAttribute('data-tag'), 'Tasks by user');
    await folded.click();
    const { paths } = (await (await fetch(`${api}/openapi.json`)).json()) as { paths: Record<string, object> };
    const operations = Object.values(paths).flatMap((path) => Object.keys(path).filter((key) => key !== 'parameters'));
    await page
      .locator('.opblock')
      .nth(operations.length - 1)
      .waitFor();
    assert.equal(await page.locator('.opblock').count(), operations.length);
    assert.deepEqual([new URL(page.url()).pathname, await page.title()], ['/docs', 'TaskFlow API']);
  });

  await step('the page is light or dark as the system is, and follows a change', async () => {
    const light = await background(page);
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.locator('html.dark-mode').waitFor();
    assert.ok((await background(page)) < 60 && light > 200);
    await page.emulateMedia({ colorScheme: 'light' });
    await page.locator('html:not(.dark-mode)').waitFor();
    assert.equal(await background(page), light);
  });

  await step('“Authorize” accepts a token, and “Try it out” creates a task with it', async () => {
    await page.click('.scheme-container button.authorize');
    await page.fill('.auth-container input', user.token);
    await page.click('.auth-btn-wrapper button.authorize');
    await page.click('.auth-btn-wrapper button.btn-done');
    const title = `From the docs ${Date.now()}`;
    const { status, body } = await tryCreate(page, { title });
    assert.deepEqual([status, body.title, body.user_id], ['201', title, user.id]);
    assert.deepEqual((await user.expect(200, 'GET /api/tasks')).body[0], body);
  });

  await step('an operation shows its errors in one line, which opens the table of all', async () => {
    await page.locator(`${CREATE} .errors a`).click();
    await page.locator('#errors').getByText('idempotency_key_reused').waitFor();
  });

  await step('the token is kept through a reload of the tab, and not in another one', async () => {
    const authorized = '.scheme-container button.authorize.locked';
    await page.reload();
    await page.waitForSelector(authorized);
    const other = await page.context().newPage();
    await other.goto(`${api}/docs`);
    await other.waitForSelector('.scheme-container button.authorize.unlocked');
    await other.close();
    await page.click(authorized);
    await page.click('.auth-btn-wrapper button:text("Logout")');
    assert.equal(await page.evaluate('sessionStorage.length + localStorage.length'), 0);
  });

  await step('the page requests nothing from other hosts, violates no policy and logs nothing', async () =>
    assert.deepEqual(problems, []),
  );
}

async function collectProblems(page: Page, api: string): Promise<string[]> {
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(`${error}`));
  page.on('console', (message) => problems.push(message.text()));
  page.on('requestfailed', (request) => problems.push(`failed: ${request.url()}`));
  page.on('request', (request) => {
    if (!request.url().startsWith(`${api}/`) && !request.url().startsWith('data:')) problems.push(request.url());
  });
  await page.exposeFunction('report', (text: string) => problems.push(text));
  await page.addInitScript(`addEventListener('securitypolicyviolation', (event) =>
    report(event.violatedDirective + ' ' + event.blockedURI))`);
  return problems;
}

/** @returns the brightness behind the page, from 0 (black) to 255. */
async function background(page: Page): Promise<number> {
  const color = await page.evaluate<string>(
    `[document.body, document.documentElement].map((element) => getComputedStyle(element).backgroundColor)
      .find((color) => color !== 'rgba(0, 0, 0, 0)') ?? 'rgb(255, 255, 255)'`,
  );
  const [red = 0, green = 0, blue = 0] = (color.match(/[\d.]+/g) ?? []).map(Number);
  return (red + green + blue) / 3;
}

/** @returns the response that the page shows. */
async function tryCreate(page: Page, task: object): Promise<{ status: string | undefined; body: any }> {
  await page.click(`${CREATE} .opblock-summary-control`);
  await page.click(`${CREATE} .try-out__btn`);
  await page.fill(`${CREATE} textarea`, JSON.stringify(task));
  await page.click(`${CREATE} button.execute`);
  const response = page.locator(`${CREATE} .live-responses-table .response`);
  const status = await response.locator('.response-col_status').first().textContent();
  const body = await response.locator('.highlight-code code').first().textContent();
  return { status: status?.trim(), body: JSON.parse(body ?? '') };
}
