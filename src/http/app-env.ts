import type { RequestIdVariables } from 'hono/request-id';
import type { Config } from '../config.ts';
import type { Environment } from '../environment.ts';

/** The variables and bindings of the Worker. */
export type Bindings = Environment & {
  /** The files of `dist/assets`: the OpenAPI document and the page that shows it. */
  ASSETS?: Pick<Fetcher, 'fetch'> | undefined;
  /** Cloudflare's rate limiting; without it, writes are not limited. */
  RATE_LIMITER?: RateLimit | undefined;
};

/** What every handler and middleware finds in its context. A feature adds variables of its own to this type. */
export type AppEnv = {
  Bindings: Bindings;
  Variables: RequestIdVariables & {
    config: Config;
    /** The authenticated user, for the log; undefined until the token has been verified. */
    userId?: string;
  };
};
