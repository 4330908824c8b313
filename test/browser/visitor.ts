import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import type { Frontend, Readable, Request } from './page.ts';

/** Somebody with a browser at a frontend's page, which calls the API for them. */
export class Visitor {
  userId = '';
  token = '';
  /** What the page's console showed as errors, and the errors that no code of the page caught. */
  readonly complaints: string[] = [];
  /** What it must show: Chromium has a line for every answer of 400 and up, however well the page handles it. */
  readonly expectedComplaints: string[] = [];
  private readonly page: Page;
  private readonly api: string;

  private constructor(page: Page, api: string) {
    this.page = page;
    this.api = api;
    page.on('pageerror', (error) => this.complaints.push(`${error}`));
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) this.complaints.push(message.text());
    });
  }

  static async open(browser: Browser, frontend: string, api: string): Promise<Visitor> {
    const context = await browser.newContext();
    const visitor = new Visitor(await context.newPage(), api);
    await visitor.page.goto(frontend, { timeout: 20_000 });
    await visitor.page.waitForFunction(() => 'frontend' in globalThis, undefined, { timeout: 20_000 });
    return visitor;
  }

  /** The tasks' address that frontends with the user's id in the path use. */
  get tasks(): string {
    return `/api/${this.userId}/tasks`;
  }

  /** Lets the page do what its frontend can. */
  do<N extends keyof Frontend>(name: N, ...args: Parameters<Frontend[N]>): Promise<Awaited<ReturnType<Frontend[N]>>> {
    type Act = (...args: unknown[]) => Promise<Awaited<ReturnType<Frontend[N]>>>;
    return this.page.evaluate<Awaited<ReturnType<Frontend[N]>>, [N, unknown[]]>(
      ([name, args]) => (globalThis.frontend[name] as unknown as Act)(...args),
      [name, args],
    );
  }

  /** Lets the page call the API with the visitor's token, and expects this status. */
  async expect(status: number, methodAndPath: string, options: Partial<Request> = {}): Promise<Readable> {
    const [method = '', path = ''] = methodAndPath.split(' ');
    const answer = await this.do('request', { method, url: `${this.api}${path}`, token: this.token, ...options });
    assert.equal(answer.status, status, `${methodAndPath}: ${JSON.stringify(answer.body)}`);
    if (status >= 400) this.expectedComplaints.push(`status of ${status} `);
    return answer;
  }

  /** Asserts that the console showed what it had to, in that order, and nothing else. */
  checkComplaints(): void {
    const { complaints, expectedComplaints } = this;
    assert.equal(complaints.length, expectedComplaints.length, complaints.join('\n'));
    for (const [at, text] of expectedComplaints.entries()) assert.ok(complaints[at]?.includes(text), complaints[at]);
  }
}
