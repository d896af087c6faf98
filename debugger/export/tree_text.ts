/** Call trees as indented text, in time order, each with its CPU and context; `~~` marks where another context cut in. */
import type { CallNode, CallRoot, Entered } from './call_tree.ts';

const INDENT = '  ';
const MARGIN = ' '.repeat(17);

export function treeText(roots: readonly CallRoot[]): string {
  const ordered = [...roots].sort((a, b) => a.node.time - b.node.time || a.number - b.number);
  const start = ordered[0]?.node.time ?? 0;
  const seen = new Map<string, number>();
  return ordered.map((root) => rootText(root, start, seen)).join('\n');
}

function rootText(root: CallRoot, start: number, seen: Map<string, number>): string {
  const body = bodyLines(root.node, 0, root).join('\n');
  const on = root.onFunction === '' ? '' : ` (on top of ${root.onFunction})`;
  const head = `${((root.node.time - start) / 1e6).toFixed(3).padStart(10)} ms  ${root.host} cpu${root.cpu} [${root.context}, task ${root.task}] #${root.number}${on}`;
  const known = seen.get(body);
  if (known !== undefined && body.includes('\n')) return `${head}   = same calls as #${known}`;
  seen.set(body, root.number);
  return `${head}\n${body}`;
}

function bodyLines(node: CallNode, level: number, root: CallRoot): string[] {
  const hidden = node.helper || node.inline;
  const calls = hidden ? level : level + 1;
  const own = hidden ? [] : [`${MARGIN}${INDENT.repeat(level)}${node.fn}()`];
  return [...own, ...childLines(node.calls, calls, root)];
}

/** Calls of the same leaf one after another share a line. */
function childLines(calls: readonly (CallNode | Entered)[], level: number, root: CallRoot): string[] {
  const lines: string[] = [];
  let count = 1;
  for (const [i, call] of calls.entries()) {
    if ('enters' in call) {
      lines.push(`${MARGIN}${INDENT.repeat(level)}~~ tree #${call.enters} cut in here`);
      continue;
    }
    if (sameLeaf(call, calls[i + 1])) {
      count++;
      continue;
    }
    const own = bodyLines(call, level, root);
    if (count > 1) own[0] = `${own[0]} x${count}`;
    count = 1;
    lines.push(...own);
  }
  return lines;
}

const sameLeaf = (node: CallNode, next: CallNode | Entered | undefined): boolean =>
  isLeaf(node) && next !== undefined && !('enters' in next) && isLeaf(next) && next.fn === node.fn;

const isLeaf = (node: CallNode): boolean => node.calls.length === 0 && !node.helper && !node.inline;
