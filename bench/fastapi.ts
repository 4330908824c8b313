import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { freePort } from '../scripts/postgres.ts';
import { untilReady } from './children.ts';
import type { Server } from './operations.ts';

/** Debian's packages belong to Debian's Python, whichever one comes first in PATH. */
const pythons = ['python3', '/usr/bin/python3'];

const REQUIRED = 'import fastapi, jwt, psycopg2, sqlmodel, uvicorn';

/** Starts the API on FastAPI and SQLModel in one Uvicorn; undefined if these packages are not installed. */
export async function startFastApi(databaseUrl: string, secret: string): Promise<Server | undefined> {
  const python = pythons.find((name) => spawnSync(name, ['-c', REQUIRED]).status === 0);
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
  const uvicorn = spawn(python, args, { cwd, env, stdio: ['ignore', 'ignore', 'ignore'] });
  const url = `http://127.0.0.1:${port}`;
  await untilReady(uvicorn, () => fetch(`${url}/openapi.json`));
  return { name: 'FastAPI', url, pid: uvicorn.pid ?? 0, share: 0.25 };
}
