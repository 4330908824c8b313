import { buildWorker } from './build.ts';
import { summarize } from './checks.ts';
import { longLists } from './long-lists.ts';
import { query, startPostmaster } from './postmaster.ts';
import { noConnectionStays, soak } from './soak.ts';
import { startWorker, ways } from './workerd.ts';

await buildWorker();
const p = await startPostmaster();
await query(p.adminUrl, 'alter role worker_role set synchronous_commit = off');
const what = process.argv[2];
if (what === 'lists') await longLists(p, (way) => startWorker(way, p.url));
else {
  const ws = [];
  for (const w of ways) ws.push(await startWorker(w, p.url));
  await soak(ws, Number(process.argv[3] ?? 30000));
  await noConnectionStays(p, ws);
  for (const w of ws) {
    console.log([...new Set(w.lines.filter((l) => !l.startsWith('{')))].slice(0, 5));
    await w.stop();
  }
}
await p.stop();
summarize();
process.exit(0);
