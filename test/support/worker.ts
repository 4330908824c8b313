import worker from '../../dist/tested/index.js';
import type { Bindings } from '../../src/http/app-env.ts';

/** Carries the variables that one request of a test runs with. */
export const BINDINGS_HEADER = 'X-Test-Bindings';

/** Stands for the runtime's own Hyperdrive binding, which no header can carry. */
export const boundHyperdrive = { connectionString: 'bound' };

const LIMITED_WRITES = 'TEST_LIMITED_WRITES';

/** Variables that give the Worker a rate limiter, which allows each user so many writes; it fails if negative. */
export function limitedTo(writes: number): Partial<Bindings> {
  return { [LIMITED_WRITES]: writes, TEST_ID: crypto.randomUUID() } as Partial<Bindings>;
}

function limiter(allowed: number): NonNullable<Bindings['RATE_LIMITER']> {
  const counts = new Map<string, number>();
  return {
    limit: async ({ key }) => {
      if (allowed < 0) throw new Error('the rate limiter failed');
      const count = (counts.get(key) ?? 0) + 1;
      counts.set(key, count);
      return { success: count <= allowed };
    },
  };
}

/** One object per configuration: the Worker checks each object once. */
const cached = new Map<string, Bindings>();

/** The built Worker, with the variables that the test's request carries. */
export default {
  fetch(request: Request, env: Pick<Bindings, 'ASSETS' | 'HYPERDRIVE'>) {
    const header = decodeURIComponent(request.headers.get(BINDINGS_HEADER) ?? '');
    const bindings = cached.get(header) ?? toBindings(header, env);
    cached.set(header, bindings);
    const forwarded = new Request(request);
    forwarded.headers.delete(BINDINGS_HEADER);
    return worker.fetch(forwarded, bindings);
  },
};

function toBindings(json: string, { ASSETS, HYPERDRIVE }: Pick<Bindings, 'ASSETS' | 'HYPERDRIVE'>): Bindings {
  const bindings: Bindings = { ASSETS, ...JSON.parse(json) };
  if (bindings.HYPERDRIVE?.connectionString === boundHyperdrive.connectionString) bindings.HYPERDRIVE = HYPERDRIVE;
  const allowed = Reflect.get(bindings, LIMITED_WRITES);
  if (typeof allowed === 'number') bindings.RATE_LIMITER = limiter(allowed);
  return bindings;
}
