import { app } from './app.ts';

export type { App } from './app.ts';

/** The Worker. */
export default app;
