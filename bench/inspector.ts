import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { SourceMap, type SourceMapping } from 'node:module';

/** A function and the share of the isolate's busy time that it took, the runtime's own code counted to its caller. */
export type Share = { where: string; share: number };

type Node = {
  id: number;
  callFrame: { functionName: string; url: string; lineNumber: number; columnNumber: number };
  children?: number[];
};

type Profile = { nodes: Node[]; samples: number[]; timeDeltas: number[] };

/** Microseconds between two samples: often enough to see much, rarely enough to change little. */
const INTERVAL = 400;

/** Records, by the inspector of a workerd, where its one isolate spends its time while `work` runs. */
export async function profileCpu(port: number, bundle: string, work: () => Promise<unknown>): Promise<Share[]> {
  const [target] = (await (await fetch(`http://127.0.0.1:${port}/json`)).json()) as { id: string }[];
  const socket = new WebSocket(`ws://127.0.0.1:${port}/${target?.id}`);
  await once(socket, 'open');
  let id = 0;
  const ask = (method: string, params = {}) => {
    const answer = answerTo(socket, ++id);
    socket.send(JSON.stringify({ id, method, params }));
    return answer;
  };
  await ask('Profiler.enable');
  await ask('Profiler.setSamplingInterval', { interval: INTERVAL });
  await ask('Profiler.start');
  await work();
  const { profile } = (await ask('Profiler.stop')) as { profile: Profile };
  socket.close();
  return sharesOf(profile, new SourceMap(JSON.parse(await readFile(`${bundle}.map`, 'utf8'))));
}

function answerTo(socket: WebSocket, id: number): Promise<unknown> {
  return new Promise((resolve, reject) => {
    socket.addEventListener('close', () => reject(new Error('the inspector is gone')), { once: true });
    socket.addEventListener('message', ({ data }) => {
      const message = JSON.parse(String(data));
      if (message.id === id) resolve(message.result);
    });
  });
}

function sharesOf({ nodes, samples, timeDeltas }: Profile, map: SourceMap): Share[] {
  const names = nameNodes(nodes, map);
  const times = new Map<string, number>();
  let busy = 0;
  samples.forEach((id, at) => {
    const name = names.get(id) ?? '';
    if (name === '(idle)') return;
    busy += timeDeltas[at] ?? 0;
    times.set(name, (times.get(name) ?? 0) + (timeDeltas[at] ?? 0));
  });
  return [...times].map(([where, time]) => ({ where, share: time / busy })).sort((a, b) => b.share - a.share);
}

/** What has no place in a source of ours or of a library is the runtime's, and goes by the name of its caller. */
function nameNodes(nodes: Node[], map: SourceMap): Map<number, string> {
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])));
  const own = new Map(nodes.map((node) => [node.id, placeOf(node, map)]));
  const named = ({ id, callFrame }: Node): string => {
    for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
      const place = own.get(at);
      if (place) return place;
    }
    return callFrame.functionName || '(native)';
  };
  return new Map(nodes.map((node) => [node.id, named(node)]));
}

function placeOf({ callFrame }: Node, map: SourceMap): string | undefined {
  const { functionName, url, lineNumber, columnNumber } = callFrame;
  if (/^node-?/.test(url)) return `${functionName || '(anonymous)'}  ${url}`;
  const entry = url ? (map.findEntry(lineNumber, columnNumber) as Partial<SourceMapping>) : {};
  if (entry.originalSource === undefined || entry.originalLine === undefined) return undefined;
  const source = entry.originalSource.replace(/^.*node_modules\//, '').replace(/^(\.\.\/)+/, '');
  return `${functionName || '(anonymous)'}  ${source}:${entry.originalLine + 1}`;
}
