/** Call trees as JSON, threads by host, CPU, context and task: the shape of the recordings of a real kernel. */
import { isInlined, tracedName } from './as_ftrace.ts';
import type { CallNode, CallRoot, Entered } from './call_tree.ts';

interface JsonNode {
  fn: string;
  t_ns: number;
  calls: (JsonNode | Entered)[];
}
export interface JsonThread {
  host: string;
  cpu: number;
  context: CallRoot['context'];
  task: string;
  roots: JsonNode[];
}

export function callsJson(roots: readonly CallRoot[], scenario: string): { scenario: string; threads: JsonThread[] } {
  const threads = new Map<string, JsonThread>();
  for (const { host, cpu, context, task, node } of roots) {
    const key = [host, cpu, context, context === 'task' ? task : ''].join('/');
    const thread = threads.get(key) ?? { host, cpu, context, task, roots: [] };
    threads.set(key, thread);
    thread.roots.push(...(plain(node, '') as JsonNode[]));
  }
  return { scenario, threads: [...threads.values()] };
}

/** As a tracer sees it: what helpers and inlined functions call counts as called by their caller. */
function plain(node: CallNode, caller: string): (JsonNode | Entered)[] {
  const name = tracedName(node.fn, node.helper);
  const own = name !== null && !isInlined(caller, name) ? name : null;
  const calls = node.calls.flatMap((call) => ('enters' in call ? [call] : plain(call, own ?? caller)));
  return own === null ? calls : [{ fn: own, t_ns: node.time, calls }];
}
