/** Document symbols, and folding. */
import type { Analysis } from '../language/analyse.ts';
import type { Range } from '../language/expression.ts';
import { CLOSE_BRACE, OPEN_BRACE } from '../language/tokens.ts';
import { declaredName, type Entry, valueIn } from '../language/tree.ts';

export interface OutlineItem {
  readonly name: string;
  readonly detail: string;
  readonly kind: string;
  readonly range: Range;
  readonly nameRange: Range;
  readonly children: readonly OutlineItem[];
}

/** Entries with a body or a name; single properties would only be noise. */
export function outline({ document, text }: Analysis): OutlineItem[] {
  return document.entries.flatMap((each) => itemOf(each, text));
}

function itemOf(entry: Entry, text: string): OutlineItem[] {
  const name = declaredName(entry);
  if (!name && !entry.body) return [];
  const header = valueIn(entry, 'name', 'declaration')?.host;
  return [
    {
      name: name ? (header ? `${header.text}.${name.text}` : name.text) : titleOf(entry, text),
      detail: name ? entry.schema.keyword : '',
      kind: entry.schema.keyword,
      range: entry.range,
      nameRange: name?.range ?? entry.keyword,
      children: (entry.body?.entries ?? []).flatMap((each) => itemOf(each, text)),
    },
  ];
}

/** `chain input`. */
function titleOf(entry: Entry, text: string): string {
  const end = entry.body?.range.start ?? entry.range.end;
  return text.slice(entry.range.start, end).trim().split('\n')[0]!;
}

export interface Fold {
  readonly startLine: number;
  readonly endLine: number;
  readonly comment: boolean;
}

/** Lines are 0-based. Blocks fold from their `{` line to the line before their `}`. */
export function folds({ tokens }: Analysis): Fold[] {
  const result: Fold[] = [];
  const open: number[] = [];
  for (let index = 0; index < tokens.count; index++) {
    if (tokens.kind[index] === OPEN_BRACE) open.push(tokens.line[index]!);
    if (tokens.kind[index] !== CLOSE_BRACE) continue;
    const start = open.pop();
    const end = tokens.line[index]! - 1;
    if (start !== undefined && end > start) result.push({ startLine: start - 1, endLine: end - 1, comment: false });
  }
  return [...result, ...commentFolds(tokens.comments)];
}

/** Runs of line comments, and block comments over several lines are left to the editor. */
function commentFolds(comments: readonly { line: number; before: number; block: boolean }[]): Fold[] {
  const result: Fold[] = [];
  let first = 0;
  for (let index = 1; index <= comments.length; index++) {
    const goesOn =
      comments[index] &&
      comments[index]!.line === comments[index - 1]!.line + 1 &&
      comments[index]!.before === comments[first]!.before;
    if (goesOn) continue;
    const [start, end] = [comments[first]?.line ?? 0, comments[index - 1]?.line ?? 0];
    if (end > start) result.push({ startLine: start - 1, endLine: end - 1, comment: true });
    first = index;
  }
  return result;
}
