/**
 * Call trees as indented text, in time order, each with its CPU and context; `*` are facts, `~~` marks where another context cut
 * in. What says nothing about the packet is left out, unless `all` is asked for; what is left out is made good by its callees.
 */
import { isBookkeeping } from './bookkeeping.ts';
import type { CallNode, CallRoot, Entered } from './call_tree.ts';

const INDENT = '  ';
const MARGIN = ' '.repeat(17);

export interface TreeText {
  readonly text: string;
  /** Calls that are not in it. */
  readonly hidden: number;
}

/** A line of the tree and what stands under it. */
interface Line {
  readonly kind: 'call' | 'fact' | 'cut';
  readonly text: string;
  readonly lines: readonly Line[];
  /** Equal for lines with equal calls under them, whatever the facts and the numbers of trees. */
  readonly calls: string;
}

export function treeText(roots: readonly CallRoot[], all = false): TreeText {
  const ordered = [...roots].sort((a, b) => a.node.time - b.node.time || a.number - b.number);
  const start = ordered[0]?.node.time ?? 0;
  const seen = new Map<string, number>();
  const writer = new Writer(all);
  return { text: ordered.map((root) => rootText(root, start, seen, writer)).join('\n'), hidden: writer.hidden };
}

/** Of calls that stand already under another number only the facts are told. */
function rootText(root: CallRoot, start: number, seen: Map<string, number>, writer: Writer): string {
  const lines = writer.linesOf(root.node);
  const on = root.onFunction === '' ? '' : ` (on top of ${root.onFunction})`;
  const head = `${((root.node.time - start) / 1e6).toFixed(3).padStart(10)} ms  ${root.host} cpu${root.cpu} [${root.context}, task ${root.task}] #${root.number}${on}`;
  const calls = lines.map((line) => line.calls).join(' ');
  const known = seen.get(calls);
  if (known !== undefined && size(lines) > 1)
    return [`${head}   = same calls as #${known}`, ...told(lines).map((text) => `${MARGIN}${INDENT}${text}`)].join(
      '\n',
    );
  seen.set(calls, root.number);
  return [head, ...lines.flatMap((line) => drawn(line, 0))].join('\n');
}

const size = (lines: readonly Line[]): number =>
  lines.reduce((sum, line) => sum + (line.kind === 'call' ? 1 : 0) + size(line.lines), 0);

/** Facts and cuts alone, in order. */
const told = (lines: readonly Line[]): string[] =>
  lines.flatMap((line) => (line.kind === 'call' ? told(line.lines) : [line.text]));

const drawn = (line: Line, level: number): string[] => [
  `${MARGIN}${INDENT.repeat(level)}${line.text}`,
  ...line.lines.flatMap((each) => drawn(each, level + 1)),
];

class Writer {
  hidden = 0;
  readonly #all: boolean;

  constructor(all: boolean) {
    this.#all = all;
  }

  linesOf(node: CallNode): Line[] {
    const fact: Line[] = node.fact === null ? [] : [{ kind: 'fact', text: `* ${node.fact}`, lines: [], calls: '' }];
    const below = merged([...fact, ...node.calls.flatMap((call) => this.#lineOf(call))]);
    if (!this.#isShown(node)) {
      this.hidden++;
      return below;
    }
    const calls = below.map((line) => line.calls).join(' ');
    return [{ kind: 'call', text: `${node.fn}()`, lines: below, calls: `${node.fn}(${calls})` }];
  }

  #lineOf(call: CallNode | Entered): Line[] {
    if (!('enters' in call)) return this.linesOf(call);
    return [{ kind: 'cut', text: `~~ tree #${call.enters} cut in here`, lines: [], calls: '~' }];
  }

  #isShown(node: CallNode): boolean {
    return this.#all || !(node.helper || node.inline || isBookkeeping(node.fn));
  }
}

/** Equal calls one after another, nothing told in them, share a line. */
function merged(lines: readonly Line[]): Line[] {
  const result: Line[] = [];
  for (let i = 0; i < lines.length; ) {
    const line = lines[i]!;
    let next = i + 1;
    while (next < lines.length && mergeable(line) && lines[next]!.calls === line.calls && mergeable(lines[next]!))
      next++;
    const count = next - i;
    result.push(count === 1 ? line : { ...line, text: `${line.text} x${count}`, calls: `${line.calls}x${count}` });
    i = next;
  }
  return result;
}

const mergeable = (line: Line): boolean => line.kind === 'call' && told(line.lines).length === 0;
