import { operations } from 'virtual:openapi';
import type { ApiResponse } from './api.ts';

/** The page and its files, which are not in the document. */
const PAGES = /^\/(docs(\/[^/]*)?)?$/;

const routes = operations.map((operation) => ({
  ...operation,
  pattern: new RegExp(`^${operation.path.replaceAll(/\{\w+\}/g, '[^/]*')}$`),
}));

/**
 * Holds a response against the OpenAPI document. Preflights are not in it.
 *
 * @throws {Error} if the document does not have the status, a header, the media type, a field or a value.
 */
export function expectDocumented(method: string, url: string, { status, headers, text, json }: ApiResponse): void {
  const path = new URL(url).pathname.replace(/(?<=.)\/$/, '');
  if (method === 'OPTIONS' || PAGES.test(path)) return;
  const response = {
    headers: Object.fromEntries([...headers].filter(([name]) => name !== 'content-length')),
    ...(text !== '' && { body: json ?? text }),
  };
  const problems = documented(method, path, status).map((validate) => {
    if (validate(response)) return [];
    const errors = validate.errors ?? [];
    return errors
      .filter(({ params }) => method !== 'HEAD' || params.missingProperty !== 'body')
      .map(({ instancePath, message }) => `${instancePath} ${message}`);
  });
  if (problems.some((list) => list.length === 0)) return;
  const found = problems[0]?.join('\n') ?? `status ${status} is not documented`;
  throw new Error(`${method} ${path} is not as documented:\n${found}\n${text.slice(0, 500)}`);
}

/** HEAD is documented as GET. A request that no operation matches may fail as any of its path, or any at all. */
function documented(method: string, path: string, status: number) {
  const ofPath = routes.filter(({ pattern }) => pattern.test(path));
  const operation = ofPath.find((route) => route.method === (method === 'HEAD' ? 'GET' : method));
  const candidates = operation ? [operation] : status < 400 ? [] : ofPath.length > 0 ? ofPath : routes;
  return candidates.map(({ responses }) => responses[status]).filter((validate) => validate !== undefined);
}
