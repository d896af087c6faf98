/**
 * The formatter. It never touches a token, only what stands between tokens (and a `;` that separates nothing), so it
 * cannot change what a scenario means. Blocks with a syntax error are left exactly as they are.
 */
import type { Diagnostic, TextEdit } from '../diagnostic.ts';
import type { Range } from '../expression.ts';
import type { Comment, Tokens } from '../tokens.ts';
import type { Document } from '../tree.ts';
import { gapText, isNeedless, type Style } from './gaps.ts';
import { layOut } from './layout.ts';

export interface FormatOptions {
  readonly tabSize: number;
  readonly insertSpaces: boolean;
}

export const DEFAULT_FORMAT: FormatOptions = { tabSize: 2, insertSpaces: true };

/** What the formatter needs of an analysis. */
export interface Formattable {
  readonly text: string;
  readonly tokens: Tokens;
  readonly document: Document;
  readonly diagnostics: readonly Diagnostic[];
}

/** The edits that format the whole text, or only what lies in `within`; in the order of the text, none overlapping. */
export function formatEdits(
  source: Formattable,
  options: FormatOptions = DEFAULT_FORMAT,
  within: Range | null = null,
): TextEdit[] {
  if (source.text !== source.tokens.text) return []; // refused: it was never scanned
  const tokens = withoutNeedless(source.tokens);
  const layout = layOut(tokens, source.document);
  const style = styleOf(tokens.text, options);
  const comments = commentsByToken(tokens);
  const broken = brokenRanges(source);
  const edits: TextEdit[] = [];
  for (let index = 0; index < tokens.count; index++) {
    const range = { start: index > 0 ? tokens.end[index - 1]! : 0, end: tokens.start[index]! };
    if ((within && !liesIn(range, within)) || isBroken(range, broken)) continue;
    const newText = gapText(tokens, layout, index, comments.get(index) ?? [], style);
    if (newText !== tokens.text.slice(range.start, range.end)) edits.push({ range, newText });
  }
  return edits;
}

/** The whole text formatted. */
export function format(source: Formattable, options: FormatOptions = DEFAULT_FORMAT): string {
  return applyEdits(source.text, formatEdits(source, options));
}

/** Applies edits that are in the order of the text and do not overlap. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  let result = '';
  let from = 0;
  for (const { range, newText } of edits) {
    result += text.slice(from, range.start) + newText;
    from = range.end;
  }
  return result + text.slice(from);
}

function styleOf(text: string, options: FormatOptions): Style {
  return {
    indent: options.insertSpaces ? ' '.repeat(options.tabSize) : '\t',
    lineBreak: text.includes('\r\n') ? '\r\n' : '\n',
  };
}

/** The same tokens but for each `;` that the layout makes needless. */
function withoutNeedless(tokens: Tokens): Tokens {
  const kept: number[] = [];
  const moved = new Int32Array(tokens.count + 1);
  for (let index = 0; index < tokens.count; index++) {
    moved[index] = kept.length;
    if (!isNeedless(tokens, index)) kept.push(index);
  }
  const pick = <T extends Uint8Array | Int32Array>(from: T, to: T): T => {
    kept.forEach((index, at) => {
      to[at] = from[index]!;
    });
    return to;
  };
  return {
    ...tokens,
    count: kept.length,
    kind: pick(tokens.kind, new Uint8Array(kept.length)),
    newline: pick(tokens.newline, new Uint8Array(kept.length)),
    start: pick(tokens.start, new Int32Array(kept.length)),
    end: pick(tokens.end, new Int32Array(kept.length)),
    line: pick(tokens.line, new Int32Array(kept.length)),
    comments: tokens.comments.map((each) => ({ ...each, before: moved[each.before]! })),
  };
}

function commentsByToken(tokens: Tokens): Map<number, Comment[]> {
  const result = new Map<number, Comment[]>();
  for (const comment of tokens.comments) {
    const list = result.get(comment.before);
    if (list) list.push(comment);
    else result.set(comment.before, [comment]);
  }
  return result;
}

/** Top-level stretches that hold a syntax error: from the block before to the block behind. */
function brokenRanges({ tokens, document, diagnostics }: Formattable): Range[] {
  const faults = diagnostics.filter(
    (each) => /^NP100/.test(each.code) && each.severity === 'error' && each.code !== 'NP1010',
  );
  return faults.map(({ range }) => {
    const holder = document.entries.find((each) => each.range.start <= range.start && range.start <= each.range.end);
    if (holder && range.end <= holder.range.end) return holder.range;
    const before = document.entries.findLast((each) => each.range.end <= range.start);
    const after = document.entries.find((each) => each.range.start >= range.end);
    return { start: before?.range.end ?? 0, end: after?.range.start ?? tokens.text.length };
  });
}

function isBroken(gap: Range, broken: readonly Range[]): boolean {
  return broken.some(
    (each) => (gap.end > each.start && gap.start < each.end) || (gap.start === each.start && gap.end === each.end),
  );
}

function liesIn(inner: Range, outer: Range): boolean {
  return inner.start >= outer.start && inner.end <= outer.end;
}
