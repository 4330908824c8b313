import { parentPort, workerData } from 'node:worker_threads';
import { startNeonEndpoint } from '../test/support/neon-endpoint.ts';

/** A thread that serves Neon's protocol for the PostgreSQL of `workerData`, and sends its `host:port`. */
const { url } = await startNeonEndpoint(new URL(workerData));
parentPort?.postMessage(new URL(url).host);
