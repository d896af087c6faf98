/** Call trees as JSON, threads by host, CPU, context and task: the shape of the recordings of a real kernel. */
import type { CallNode, CallRoot, Entered } from './call_tree.ts';

interface JsonNode { fn: string; t_ns: number; calls: (JsonNode | Entered)[] }
export interface JsonThread { host: string; cpu: number; context: CallRoot['context']; task: string; roots: JsonNode[] }

export function callsJson(roots: readonly CallRoot[], scenario: string): { scenario: string; threads: JsonThread[] } {
  const threads = new Map<string, JsonThread>();
  for (const { host, cpu, context, task, node } of roots) {
    const key = [host, cpu, context, context === 'task' ? task : ''].join('/');
    const thread = threads.get(key) ?? { host, cpu, context, task, roots: [] };
    threads.set(key, thread);
    thread.roots.push(...plain(node) as JsonNode[]);
  }
  return { scenario, threads: [...threads.values()] };
}

/** Helpers are ours: what they call counts as called by their caller. */
function plain(node: CallNode): (JsonNode | Entered)[] {
  const calls = node.calls.flatMap((call) => ('enters' in call ? [call] : plain(call)));
  return node.helper ? calls : [{ fn: node.fn, t_ns: node.time, calls }];
}
