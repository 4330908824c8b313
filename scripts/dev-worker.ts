import { once } from 'node:events';
import { stderrOf } from './run-command.ts';

/** The Worker as `wrangler dev` runs it, rebuilt when a source file changes. */
export type DevWorker = Awaited<ReturnType<typeof startDevWorker>>;

/**
 * Runs the Worker of `wrangler.toml` at `localhost`, with the variables of `.dev.vars`, which `variables` override.
 * Prints the Worker's log, build errors and reloads, and nothing else.
 *
 * @param port 0 means any free port.
 */
export async function startDevWorker(port: number, variables: Record<string, string>) {
  process.env.CLOUDFLARE_CF_FETCH_ENABLED = 'false'; // wrangler would download a sample of `request.cf`.
  // wrangler uses it if `wrangler.toml` binds Hyperdrive.
  process.env.CLOUDFLARE_HYPERDRIVE_LOCAL_CONNECTION_STRING_HYPERDRIVE = variables.DATABASE_URL;
  // wrangler would announce that it uses a proxy. The Worker never does.
  for (const name of Object.keys(process.env)) if (/^https?_proxy$/i.test(name)) delete process.env[name];
  process.noDeprecation = true; // wrangler calls functions that Node 24 deprecates.
  const { unstable_DevEnv } = await import('wrangler');
  const environment = new unstable_DevEnv();
  const loaded = once(environment, 'reloadComplete').catch(({ message, reason, cause }) => {
    if (/address already in use/i.test(message ?? reason))
      throw new Error(`Port ${port} is in use. For another one: PORT=${port + 1} npm run dev`);
    throw new Error(message ?? reason, { cause });
  });
  const worker = await environment.startWorker({
    config: 'wrangler.toml',
    bindings: toBindings(variables),
    dev: {
      server: { hostname: 'localhost', port },
      logLevel: 'none',
      inspector: false, // With it, the Worker's log would go through wrangler's logger.
      structuredLogsHandler: ({ level, message }: { level: string; message: string }) =>
        (level === 'error' ? console.error : console.log)(message),
    },
  });
  await loaded;
  printReloads(environment);
  return {
    /** Without a slash at the end. */
    url: String(await worker.url).replace(/\/$/, ''),
    /** Replaces `variables`, and reads `.dev.vars` again. */
    setVariables: (changed: Record<string, string>) => worker.patchConfig({ bindings: toBindings(changed) }),
    stop: () => worker.dispose(),
  };
}

function toBindings(variables: Record<string, string>) {
  const texts = Object.entries(variables).map(([name, value]) => [name, { type: 'plain_text' as const, value }]);
  return Object.fromEntries(texts);
}

function printReloads(environment: NodeJS.EventEmitter): void {
  environment.on('reloadComplete', () => console.log('Reloaded.'));
  environment.on('buildFailed', ({ cause }) => console.error(stderrOf(cause) ?? cause.message));
  environment.on('error', ({ reason }) => console.error(reason));
}
