import { Hono } from 'hono';

/** The least that a Hono app can do: no middleware, one route. */
export default new Hono().get('/health', (c) => c.json({ status: 'ok' }));
