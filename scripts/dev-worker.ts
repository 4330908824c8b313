import { once } from 'node:events';
import type { unstable_DevEnv } from 'wrangler';

type Wrangler = { unstable_DevEnv: typeof unstable_DevEnv };

/** The Worker as `wrangler dev` runs it, built again when a file changes, without what wrangler says of itself. */
export type DevWorker = {
  /** Ends the runtime, and lets the port go. */
  stop: () => Promise<void>;
};

/** Loads wrangler, which takes a second that other things can use. */
export async function loadWrangler(): Promise<Wrangler> {
  process.env.CLOUDFLARE_CF_FETCH_ENABLED = 'false'; // No look at the network for a sample of `request.cf`.
  process.env.WRANGLER_WRITE_LOGS = 'false'; // No "Logs were written to …" below each error.
  process.noDeprecation = true; // As its own command: it has calls that Node 24 calls deprecated.
  return import('wrangler');
}

/**
 * Runs the Worker of `wrangler.toml` at `localhost`, with the variables of `.dev.vars` and, before these, `variables`.
 * What the Worker logs goes to the standard output, and errors of a build, in wrangler's words, to the standard error.
 * Resolves when it runs, or when its first build has failed.
 */
export async function startDevWorker(
  wrangler: Wrangler,
  port: number,
  variables: Record<string, string>,
): Promise<DevWorker> {
  // What wrangler takes for the database behind Hyperdrive, where `wrangler.toml` binds it.
  process.env.CLOUDFLARE_HYPERDRIVE_LOCAL_CONNECTION_STRING_HYPERDRIVE = variables.DATABASE_URL;
  const environment = new wrangler.unstable_DevEnv();
  reportEvents(environment);
  // Rejected by an `error`, which `reportEvents` tells.
  const settled = Promise.race(['reloadComplete', 'buildFailed'].map((event) => once(environment, event))).catch(
    () => {},
  );
  const worker = await environment.startWorker({
    config: 'wrangler.toml',
    bindings: Object.fromEntries(
      Object.entries(variables).map(([name, value]) => [name, { type: 'plain_text', value }]),
    ),
    build: { minify: false }, // Stack traces that can be read.
    dev: {
      server: { hostname: 'localhost', port },
      logLevel: 'warn',
      inspector: false, // With it, the log would come by way of wrangler's own, which shows either all or nothing.
      structuredLogsHandler: ({ level, message }: { level: string; message: string }) =>
        (level === 'error' ? console.error : console.log)(message),
    },
  });
  await settled;
  return { stop: () => worker.dispose() };
}

const WAITING = 'Requests wait until a change mends this.';

/** Says in one line what a change of a file led to, below the error itself, which wrangler or the runtime prints. */
function reportEvents(environment: NodeJS.EventEmitter): void {
  environment.once('reloadComplete', () => environment.on('reloadComplete', () => console.log('Reloaded.')));
  environment.on('buildFailed', () => console.error(WAITING));
  environment.on('runtimeError', ({ stack, text }) => console.error(stack || text));
  environment.on('error', ({ cause, message, reason }) =>
    console.error(cause?.code === 'ERR_RUNTIME_FAILURE' ? WAITING : (cause?.message ?? message ?? reason)),
  );
}
