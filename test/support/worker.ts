import worker from '../../dist/worker/index.js';
import type { Bindings } from '../../src/http/app-env.ts';

/** Carries the variables that one request of a test runs with. */
export const BINDINGS_HEADER = 'X-Test-Bindings';

/** One object per configuration: the Worker checks each object once. */
const cached = new Map<string, Bindings>();

/** The built Worker, with the variables that the test's request carries. */
export default {
  fetch(
    request: Request,
    { ASSETS, HYPERDRIVE }: Pick<Bindings, 'ASSETS' | 'HYPERDRIVE'>,
    context: ExecutionContext,
  ): Response | Promise<Response> {
    const header = decodeURIComponent(request.headers.get(BINDINGS_HEADER) ?? '');
    const bindings = cached.get(header) ?? ({ ASSETS, ...JSON.parse(header) } as Bindings);
    if (bindings.HYPERDRIVE?.connectionString === 'bound') bindings.HYPERDRIVE = HYPERDRIVE;
    cached.set(header, bindings);
    const forwarded = new Request(request);
    forwarded.headers.delete(BINDINGS_HEADER);
    return worker.fetch(forwarded, bindings, context);
  },
};
