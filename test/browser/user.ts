import assert from 'node:assert/strict';
import { type Browser, chromium, type Page } from 'playwright-core';

/** What a page can read of a response. */
type Readable = { status: number; headers: Record<string, string>; body: any };

type Options = { body?: unknown; token?: string | null; credentials?: 'include' };

/** Starts a browser that connects to nothing but the servers of the run. */
export function startBrowser(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM || '/usr/bin/chromium';
  const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking', '--disable-sync'];
  return chromium.launch({ executablePath, args, handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false });
}

/** A user at the demo's page, which calls Better Auth and the API for them. */
export class User {
  id = '';
  token = '';
  /** Errors and warnings of the page's console. */
  readonly console: string[] = [];
  readonly page: Page;
  private readonly api: string;

  private constructor(page: Page, api: string) {
    this.page = page;
    this.api = api;
    page.on('pageerror', (error) => this.console.push(`${error}`));
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) this.console.push(message.text());
    });
  }

  static async open(browser: Browser, frontend: string, api: string): Promise<User> {
    const user = new User(await browser.newPage(), api);
    await user.page.goto(frontend);
    await user.page.locator('#log li').waitFor();
    return user;
  }

  button = (name: string) => this.page.getByRole('button', { name, exact: true });

  field = (label: string) => this.page.getByLabel(label, { exact: true });

  /** Does something at the page, and reads in its list of requests the one that this sends; expects this status. */
  async act(status: number, request: string, action: () => Promise<unknown>): Promise<Readable> {
    await this.button('Clear').click();
    await action();
    const entry = this.page.locator('#log li', { hasText: request }).first();
    const read = async (name: string) => (await entry.locator(`.${name}`).textContent()) ?? '';
    const [shown, headers, body] = [await read('status'), await read('response-headers'), await read('response-body')];
    assert.equal(shown, `${status}`, `${request}: ${body}`);
    const lines = headers.split('\n').map((line) => line.split(': '));
    return { status, headers: Object.fromEntries(lines), body: body && JSON.parse(body) };
  }

  /** Sends another request to the API from the page, with the user's token, and expects this status. */
  async expect(
    status: number,
    request: string,
    { body, token = this.token, ...rest }: Options = {},
  ): Promise<Readable> {
    const [method = '', path = ''] = request.split(' ');
    const headers = {
      ...(token !== null && { Authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
    };
    const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }), ...rest };
    const response = await this.page.evaluate(fetchFromPage, { url: this.api + path, init });
    assert.equal(response.status, status, `${request}: ${JSON.stringify(response.body)}`);
    return response;
  }
}

/** Runs in the browser. */
async function fetchFromPage({ url, init }: { url: string; init: RequestInit }): Promise<Readable> {
  const response = await fetch(url, init);
  const text = await response.text();
  return { status: response.status, headers: Object.fromEntries(response.headers), body: text && JSON.parse(text) };
}
