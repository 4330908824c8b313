import type { Bindings } from '../../src/env.ts';
import worker from '../../src/index.ts';

/** Carries the variables that one request of a test runs with. */
export const BINDINGS_HEADER = 'X-Test-Bindings';

/** One object per configuration: the Worker knows its configuration again by it. */
const known = new Map<string, Bindings>();

/** The Worker itself, run with the variables that the test's request carries. */
export default {
  fetch(
    request: Request,
    { ASSETS }: Pick<Bindings, 'ASSETS'>,
    context: ExecutionContext,
  ): Response | Promise<Response> {
    const sent = decodeURIComponent(request.headers.get(BINDINGS_HEADER) ?? '');
    const bindings = known.get(sent) ?? ({ ASSETS, ...JSON.parse(sent) } as Bindings);
    known.set(sent, bindings);
    const asSent = new Request(request);
    asSent.headers.delete(BINDINGS_HEADER);
    return worker.fetch(asSent, bindings, context);
  },
};
