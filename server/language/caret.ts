/** Asks the parser what it would accept at the caret. */

import type { Expected } from './parser/expected.ts';
import { expectedAtEnd } from './parser/parse.ts';
import { Kind, operatorOf, type Tokens, tokenAt } from './tokens.ts';
import type { Document } from './tree.ts';

/** What may stand at `caret`; the word that is being written there counts as not written yet. Empty in strings and comments. */
export function expectedAt(tokens: Tokens, document: Document, caret: number): Expected[] {
  const cut = cutAt(fromBlock(tokens, document, caret), caret);
  return cut ? expectedAtEnd(cut) : [];
}

/** The tokens from the top-level block on that holds the caret or stands before it: what is above does not matter. */
function fromBlock(tokens: Tokens, { entries }: Document, caret: number): Tokens {
  const block = entries.findLast((each) => each.range.start < caret);
  const first = block ? tokenAt(tokens, block.range.start) : 0;
  if (first <= 0) return tokens;
  const last = Math.min(tokens.count, tokenAt(tokens, caret) + 2);
  return {
    ...tokens,
    count: last - first,
    kind: tokens.kind.subarray(first, last),
    start: tokens.start.subarray(first, last),
    end: tokens.end.subarray(first, last),
    line: tokens.line.subarray(first, last),
    newline: tokens.newline.subarray(first, last),
  };
}

/** The tokens before the caret, without the word that it touches; null inside strings and comments. */
function cutAt(tokens: Tokens, caret: number): Tokens | null {
  if (tokens.comments.some((each) => each.start < caret && (caret < each.end || (caret === each.end && !each.block))))
    return null;
  const last = tokenAt(tokens, caret - 1);
  if (last < 0) return endedAt(tokens, 0, caret);
  const kind = tokens.kind[last]!;
  const touched = caret <= tokens.end[last]!;
  if (!touched || kind === Kind.end) return endedAt(tokens, kind === Kind.end ? last : last + 1, caret);
  if (kind === Kind.string && (caret < tokens.end[last]! || isUnclosed(tokens, last))) return null;
  return keepsTouched(tokens, last, caret)
    ? endedAt(tokens, last + 1, caret)
    : endedAt(tokens, last, tokens.start[last]!);
}

function isUnclosed(tokens: Tokens, index: number): boolean {
  return tokens.unclosed.some((each) => each.start === tokens.start[index]);
}

/** Operators, strings and numbers stand as they are; a unit may follow a number. Words are still being written. */
function keepsTouched(tokens: Tokens, index: number, caret: number): boolean {
  const kind = tokens.kind[index]!;
  const whole = caret === tokens.end[index];
  return whole && (operatorOf(kind) !== null || kind === Kind.string || kind === Kind.number);
}

/** The first `count` tokens and an end token at `offset`. */
function endedAt(tokens: Tokens, count: number, offset: number): Tokens {
  const cut = {
    ...tokens,
    count: count + 1,
    kind: tokens.kind.slice(0, count + 1),
    start: tokens.start.slice(0, count + 1),
    end: tokens.end.slice(0, count + 1),
    line: tokens.line.slice(0, count + 1),
    newline: tokens.newline.slice(0, count + 1),
  };
  const previousEnd = count > 0 ? tokens.end[count - 1]! : 0;
  cut.kind[count] = Kind.end;
  cut.start[count] = cut.end[count] = offset;
  cut.newline[count] = tokens.text.slice(previousEnd, offset).includes('\n') ? 1 : 0;
  return cut;
}
