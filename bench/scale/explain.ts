import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Database } from '../database.ts';
import { median } from '../figures.ts';

type Statement = { query: string; params: unknown[] };

/** Stands before the endpoint of Neon's protocol and remembers what our Worker sent last. */
export type Recorder = { host: string; last: () => Statement };

/** Starts a recorder; `endpoint` is where it hands everything on to. */
export async function startRecorder(endpoint: string): Promise<Recorder> {
  let last: Statement | undefined;
  const server = createServer(async (request, response) => {
    const body = await text(request);
    last = JSON.parse(body);
    const headers = request.headers as Record<string, string>;
    const names = Object.keys(headers).filter((name) => name.startsWith('neon-'));
    const answer = await fetch(`http://${endpoint}/sql`, {
      method: 'POST',
      headers: Object.fromEntries(names.map((name) => [name, headers[name] ?? ''])),
      body,
    });
    response.writeHead(answer.status, { 'Content-Type': 'application/json' }).end(await answer.text());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    last: () => {
      if (!last) throw new Error('nothing was sent');
      return last;
    },
  };
}

/** What PostgreSQL says of a statement: milliseconds, blocks of 8 kB that it touched, and the indexes that it used. */
export type Explained = { planning: number; execution: number; blocks: number; scans: string[] };

type Plan = { 'Node Type': string; 'Index Name'?: string; Plans?: Plan[] } & Record<string, unknown>;

/** Runs a statement under EXPLAIN (ANALYZE, BUFFERS), and undoes what it did. */
export async function explain({ query }: Database, statement: Statement): Promise<Explained> {
  await query('begin');
  try {
    const { rows } = await query(`explain (analyze, buffers, format json) ${statement.query}`, statement.params);
    const [{ Plan: plan, ...times }] = rows[0]['QUERY PLAN'] as [{ Plan: Plan } & Record<string, unknown>];
    return {
      planning: Number(times['Planning Time']),
      execution: Number(times['Execution Time']),
      blocks: Number(plan['Shared Hit Blocks']) + Number(plan['Shared Read Blocks']),
      scans: scansOf(plan),
    };
  } finally {
    await query('rollback');
  }
}

function scansOf(plan: Plan): string[] {
  const own = plan['Node Type'].includes('Scan') ? [`${plan['Node Type']} ${plan['Index Name'] ?? ''}`.trim()] : [];
  return [...own, ...(plan.Plans ?? []).flatMap(scansOf)];
}

/** The medians of several, and every way of scanning that was seen. */
export function summarize(all: Explained[]): Explained {
  const middle = (key: 'planning' | 'execution' | 'blocks') => median(all.map((it) => it[key])) ?? Number.NaN;
  const scans = [...new Set(all.flatMap((it) => it.scans))].filter((scan) => !scan.startsWith('Subquery'));
  return { planning: middle('planning'), execution: middle('execution'), blocks: middle('blocks'), scans };
}
