import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { check } from '../support/checks.ts';
import { tokenOf } from './canaries.ts';
import { until } from './postmaster.ts';
import type { Worker } from './workers.ts';

/** MiB of memory that a body may take beyond an ordinary one of 160 kB. */
const MAX_MEMORY = 8;
/** Time that it may take, in times of the ordinary one. */
const MAX_TIME = 100;

type Body = { headers: string; token?: string; send: (socket: Socket) => Promise<void> };

const task = (bytes: number) => `{"title":"x","description":"${'x'.repeat(bytes)}"}`;

const whole = (text: string): Body => ({
  headers: `Content-Length: ${text.length}`,
  send: (socket) => write(socket, text),
});

const byteByByte = (text: string): Body => ({
  headers: 'Transfer-Encoding: chunked',
  send: (socket) => write(socket, `${text.replaceAll(/./g, '1\r\n$&\r\n')}0\r\n\r\n`),
});

/** 60 MB. */
const huge = (headers: string): Body => ({
  headers,
  send: async (socket) => {
    const chunk = `${(100_000).toString(16)}\r\n${' '.repeat(100_000)}\r\n`;
    for (let i = 0; i < 600 && !socket.destroyed; i++) await write(socket, chunk);
    await write(socket, '0\r\n\r\n');
  },
});

const chunked = 'Transfer-Encoding: chunked';
const bodies: [name: string, body: Body, status: number][] = [
  ['20,000 chunks of one byte', byteByByte(task(20_000)), 201],
  ['160,000 chunks of one byte', byteByByte(task(160_000)), 201],
  ['60 MB in chunks', huge(chunked), 413],
  ['60 MB behind a small length', huge(`Content-Length: 10\r\n${chunked}`), 413],
  ['60 MB before a small length', huge(`${chunked}\r\nContent-Length: 10`), 413],
  ['60 MB with a malformed token', { ...huge(chunked), token: 'x' }, 401],
  ['160,000 chunks of one byte with a malformed token', { ...byteByByte(task(160_000)), token: 'x' }, 401],
];

/** Bodies cost what they hold, however they are framed. */
export async function sendBodies(worker: Worker): Promise<void> {
  const ordinary = whole(task(160_000));
  for (let i = 0; i < 20; i++) await post(worker, ordinary);
  const { milliseconds: usual } = await post(worker, ordinary);
  for (const [name, body, expected] of bodies) {
    await worker.collectGarbage();
    const { status, milliseconds, mib } = await post(worker, body);
    check(
      `${name} take at most ${MAX_MEMORY} MiB and ${MAX_TIME} × the time of an ordinary body`,
      status === expected && mib <= MAX_MEMORY && milliseconds <= MAX_TIME * usual,
      `status ${status}, ${mib.toFixed(1)} MiB, ${milliseconds.toFixed(0)} ms against ${usual.toFixed(0)} ms`,
    );
  }
  const stalled: Body = { headers: 'Content-Length: 9', token: 'x', send: (socket) => write(socket, '{') };
  const { status } = await post(worker, stalled);
  check('a body that stalls, with a malformed token, gets a 401', status === 401, `status ${status}`);
  await breakOff(worker);
}

/** The client has failed, not the API. */
async function breakOff({ url, lines }: Worker): Promise<void> {
  const { hostname, port } = new URL(url);
  const logged = lines.length;
  const socket = connect(Number(port), hostname);
  const head = `POST /api/tasks HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${await tokenOf('bodies')}`;
  socket.end(`${head}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"title":"x`);
  await until(async () => lines.length > logged);
  socket.destroy();
  const added = lines.slice(logged).join(' | ');
  check(
    'a body that breaks off is logged as a 400',
    /"level":"info".*"status":400.*"the body broke off"/.test(added),
    added,
  );
}

async function post({ url, memory }: Worker, { headers, token, send }: Body) {
  const { hostname, port } = new URL(url);
  const bearer = token ?? (await tokenOf('bodies'));
  const before = memory();
  const start = performance.now();
  let most = before;
  const sampling = setInterval(() => {
    most = Math.max(most, memory());
  }, 5);
  const socket = connect(Number(port), hostname);
  const responding = once(socket, 'data');
  const head = `POST /api/bodies/tasks HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${bearer}`;
  socket.write(`${head}\r\nContent-Type: application/json\r\n${headers}\r\n\r\n`);
  await Promise.race([send(socket), responding]);
  const [response] = await responding;
  clearInterval(sampling);
  socket.destroy();
  const status = Number(String(response).split(' ')[1]);
  return { status, milliseconds: performance.now() - start, mib: Math.max(most, memory()) - before };
}

async function write(socket: Socket, text: string): Promise<void> {
  if (!socket.write(text)) await once(socket, 'drain');
}
