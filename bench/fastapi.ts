import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { adopt } from './children.ts';
import { freePort } from './ports.ts';
import type { Server } from './workerd.ts';

/** Debian's Python has Debian's packages, whichever Python comes first in PATH. */
const pythons = ['python3', '/usr/bin/python3'];

const NEEDED = 'import fastapi, jwt, psycopg2, sqlmodel, uvicorn';

/** Starts the API on FastAPI and SQLModel in one Uvicorn; undefined where they are not installed. */
export async function startFastApi(databaseUrl: string, secret: string): Promise<Server | undefined> {
  const python = pythons.find((name) => spawnSync(name, ['-c', NEEDED]).status === 0);
  if (!python) return undefined;
  const port = await freePort();
  const env = {
    ...process.env,
    DATABASE_URL: databaseUrl.replace('postgres:', 'postgresql:'),
    BETTER_AUTH_SECRET: secret,
    PYTHONDONTWRITEBYTECODE: '1',
  };
  const cwd = join(import.meta.dirname, 'peers');
  const args = ['-m', 'uvicorn', 'fastapi_app:app', '--port', String(port), '--log-level', 'info'];
  // Its log of requests goes nowhere, as ours does: writing it is its cost, reading it is not.
  const uvicorn = adopt(spawn(python, args, { cwd, env, stdio: ['ignore', 'ignore', 'ignore'] }));
  const url = `http://127.0.0.1:${port}`;
  await answering(url, uvicorn);
  return { url, pid: uvicorn.pid ?? 0 };
}

async function answering(url: string, uvicorn: ChildProcess): Promise<void> {
  while (uvicorn.exitCode === null) {
    const answer = await fetch(`${url}/openapi.json`).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(100);
  }
  throw new Error(`Uvicorn ended with ${uvicorn.exitCode}`);
}
