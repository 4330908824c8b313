import { type DocumentedAnswer, type DocumentedPath, paths, validators } from 'virtual:openapi';
import { inject } from 'vitest';
import type { Answer } from './api.ts';

/** Pages for people, and what they load: no part of the API. */
export const pages = ['/', '/docs', '/docs/:file'];

/** How many answers were held against the document, and how many of each operation and status. */
let answers = 0;
const seen = new Map<string, number>();

/** Says how many answers were held against the document since it was last said. */
export async function tellTally(): Promise<void> {
  await fetch(inject('openapiTally'), { method: 'POST', body: JSON.stringify({ answers, seen: [...seen] }) });
  answers = 0;
  seen.clear();
}

const patterns = paths.map(({ template }) => new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]*')}$`));

/**
 * Holds an answer of the API against its OpenAPI document.
 *
 * @throws {Error} where it has a status, a header, a media type, a field or a value that the document does not say.
 */
export function expectDocumented(method: string, url: string, answer: Answer): void {
  const path = new URL(url).pathname.replace(/(?<=.)\/$/, '');
  if (/^\/(docs(\/[^/]*)?)?$/.test(path)) return;
  const documented = paths[patterns.findIndex((pattern) => pattern.test(path))];
  const options = possible(method, answer.status, documented);
  const problems = options.map((option) => problemsOf(option, method, answer));
  if (!problems.some((list) => list.length === 0)) {
    const found = problems[0]?.join('\n') ?? `status ${answer.status} is not documented`;
    throw new Error(`${method} ${path} is not as documented:\n${found}\n${answer.text.slice(0, 500)}`);
  }
  count(method, answer.status, documented);
}

/** A 405 is the answer of a path, and so of each of its operations. */
function count(method: string, status: number, documented: DocumentedPath | undefined): void {
  const { template = '(no path)', methods = {} } = documented ?? {};
  const asked = method === 'HEAD' ? 'GET' : method;
  const operations = methods[asked] || status !== 405 ? [asked] : Object.keys(methods);
  for (const operation of operations) {
    const key = `${operation} ${template} ${status}`;
    seen.set(key, (seen.get(key) ?? 0) + 1);
  }
  answers++;
}

/** HEAD answers as GET does. What no operation is about may fail as any operation there can, or anywhere. */
function possible(method: string, status: number, documented: DocumentedPath | undefined): DocumentedAnswer[] {
  const operation = documented?.methods[method === 'HEAD' ? 'GET' : method];
  if (operation) return [operation[status]].filter((answer) => answer !== undefined);
  if (status < 400) return [];
  return (documented ? [documented] : paths)
    .flatMap(({ methods }) => Object.values(methods))
    .flatMap((answers) => answers[status] ?? []);
}

function problemsOf({ headers, body }: DocumentedAnswer, method: string, answer: Answer): string[] {
  const type = answer.headers.get('content-type');
  const isEmpty = method === 'HEAD' || answer.status === 304;
  return [
    ...[...answer.headers.keys()]
      .filter((name) => name !== 'content-type' && name !== 'content-length' && !headers[name])
      .map((name) => `header ${name} is not documented`),
    ...Object.entries(headers).flatMap(([name, { required, isNumber, schema }]) => {
      const value = answer.headers.get(name);
      if (value === null) return required ? [`header ${name} is missing`] : [];
      return broken(schema, isNumber ? Number(value) : value).map((problem) => `header ${name}: ${value} ${problem}`);
    }),
    ...(type !== (body?.type ?? null) && !isEmpty ? [`content type ${type} is not documented`] : []),
    ...(body && !isEmpty ? broken(body.schema, answer.json) : answer.text === '' ? [] : ['a body is not documented']),
  ];
}

function broken(schema: string, value: unknown): string[] {
  const validate = validators[schema];
  if (!validate) throw new Error(`The document has no schema ${schema}`);
  return validate(value) ? [] : (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
}
