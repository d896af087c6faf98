/** Formatting as the editor asks for it. */
import type { Analysis } from '../language/analyse.ts';
import type { TextEdit } from '../language/diagnostic.ts';
import type { Range } from '../language/expression.ts';
import { type FormatOptions, formatEdits } from '../language/format/formatter.ts';
import { CLOSE_BRACE, OPEN_BRACE, tokenAt } from '../language/tokens.ts';

export function formatDocument(analysis: Analysis, options: FormatOptions): TextEdit[] {
  return formatEdits(analysis, options);
}

export function formatRange(analysis: Analysis, range: Range, options: FormatOptions): TextEdit[] {
  return formatEdits(analysis, options, wholeLines(analysis.text, range));
}

/** After `}` was typed at `offset`: the block that it closes. */
export function formatOnBrace(analysis: Analysis, offset: number, options: FormatOptions): TextEdit[] {
  const { tokens } = analysis;
  const close = tokenAt(tokens, offset - 1);
  if (close < 0 || tokens.kind[close] !== CLOSE_BRACE) return [];
  let depth = 0;
  for (let index = close; index >= 0; index--) {
    if (tokens.kind[index] === CLOSE_BRACE) depth++;
    if (tokens.kind[index] === OPEN_BRACE && --depth === 0)
      return formatEdits(analysis, options, wholeLines(analysis.text, { start: tokens.start[index]!, end: offset }));
  }
  return [];
}

/** The range from the line break before it to its end. */
function wholeLines(text: string, { start, end }: Range): Range {
  return { start: Math.max(0, text.lastIndexOf('\n', start - 1)), end };
}
