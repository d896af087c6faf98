/** Member chains in a line of text: `skb.len`, `sk.sk_receive_queue.qlen`, `ring.desc[i]`. Pure, for both languages. */

export interface Chain {
  readonly start: number;
  readonly end: number;
  /** The chain as the debugger's expression language takes it: without TypeScript's `!` and `?`. */
  readonly expression: string;
}

const chainForm = /[A-Za-z_$][\w$]*(?:[!?]?\.[A-Za-z_$][\w$]*|\[\w+\])*/g;

/** Comments and strings become blanks of the same width, so that columns stay. */
export function withoutCommentsAndStrings(line: string): string {
  if (/^\s*(\/\*|\*)/.test(line)) return '';
  const noise = /(["'`])(?:\\.|(?!\1).)*\1|\/\/.*$|\/\*.*?\*\//g;
  return line.replace(noise, (text) => ' '.repeat(text.length));
}

/** Every chain of a line, longest form. */
export function chainsOf(line: string): Chain[] {
  const code = withoutCommentsAndStrings(line);
  return [...code.matchAll(chainForm)].flatMap(({ 0: text, index }) => {
    const afterDot = /[.\w$]/.test(code[index - 1] ?? ' ');
    return afterDot ? [] : [{ start: index, end: index + text.length, expression: clean(text) }];
  });
}

/** The expression a person points at: on `len` of `skb.len` it is `skb.len`, on `skb` it is `skb`. */
export function expressionAt(line: string, column: number): Chain | undefined {
  const chain = chainsOf(line).find(({ start, end }) => column >= start && column < end);
  if (!chain) return undefined;
  const text = line.slice(chain.start, chain.end);
  const end = chain.start + segmentEnd(text, column - chain.start);
  return { start: chain.start, end, expression: clean(line.slice(chain.start, end)) };
}

/** Where the segment under the offset ends; on a dot it is the one before. */
function segmentEnd(text: string, offset: number): number {
  const ends = [...text.matchAll(/[\w$]+\]?/g)].map((match) => match.index + match[0].length);
  return ends.find((end) => end >= offset + 1) ?? text.length;
}

const clean = (text: string): string => text.replace(/[!?](?=\.)/g, '');
