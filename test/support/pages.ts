import { expect } from 'vitest';
import { type ApiResponse, type Call, call } from './api.ts';

/** @returns the path and query of the next page, if `Link` names one. */
export function nextPath({ headers }: ApiResponse): string | undefined {
  return /^<https:\/\/api\.example\.com(.*)>; rel="next"$/.exec(headers.get('link') ?? '')?.[1];
}

/**
 * Reads a list page by page, to the last one.
 *
 * @param afterEach runs after each page.
 */
export async function readPages(path: string, options: Call, afterEach = async () => {}): Promise<ApiResponse[]> {
  const pages: ApiResponse[] = [];
  for (let next: string | undefined = path; next; ) {
    const page: ApiResponse = await call(`GET ${next}`, options);
    expect(page.status).toBe(200);
    pages.push(page);
    next = nextPath(page);
    await afterEach();
  }
  return pages;
}

/** @returns the titles of the tasks in a response. */
export function titlesOf({ json }: ApiResponse): string[] {
  return json.map(({ title }: { title: string }) => title);
}
