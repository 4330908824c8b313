import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { json } from 'node:stream/consumers';
import { document } from '../../openapi/document.ts';

const dist = resolve(import.meta.dirname, '../../dist');

/** Every operation and status that the document has, as the tests name them. */
const documented = Object.entries(document.paths).flatMap(([template, { parameters: _, ...operations }]) =>
  Object.entries(operations).flatMap(([method, { responses }]) =>
    Object.keys(responses).map((status) => `${method.toUpperCase()} ${template} ${status}`),
  ),
);

/** Counts the answers that all test files held against the document, and says how many there were. */
export async function startOpenapiTally(project: string): Promise<{ url: string; stop: () => Promise<void> }> {
  let answers = 0;
  const counts = new Map<string, number>();
  const server = createServer(async (request, response) => {
    const told = (await json(request)) as { answers: number; seen: [string, number][] };
    answers += told.answers;
    for (const [key, count] of told.seen) counts.set(key, (counts.get(key) ?? 0) + count);
    response.end();
  }).listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      server.close();
      await tell(project, answers, counts);
    },
  };
}

async function tell(project: string, answers: number, counts: Map<string, number>): Promise<void> {
  if (answers === 0) return; // A run of tests that call nothing.
  const unseen = documented.filter((key) => !counts.has(key));
  await mkdir(dist, { recursive: true });
  await writeFile(
    `${dist}/openapi-answers-${project}.json`,
    JSON.stringify({ answers, unseen, counts: Object.fromEntries([...counts].sort()) }, null, 2),
  );
  console.log(
    `${project}: ${answers} answers are as the OpenAPI document says; they show ${documented.length - unseen.length} of its ${documented.length} statuses.`,
  );
}
