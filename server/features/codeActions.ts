/** Quick fixes of the diagnostics in a range. */
import type { Analysis } from '../language/analyse.ts';
import type { Diagnostic, Fix, TextEdit } from '../language/diagnostic.ts';
import type { Range } from '../language/expression.ts';

export interface CodeAction {
  readonly fix: Fix;
  readonly diagnostic: Diagnostic;
}

export function codeActions({ diagnostics }: Analysis, range: Range): CodeAction[] {
  return diagnostics
    .filter((each) => each.range.start <= range.end && range.start <= each.range.end)
    .flatMap((diagnostic) => diagnostic.fixes.map((fix) => ({ fix, diagnostic })));
}

/** The edits of all preferred fixes that do not get into each other's way, in the order of the text. */
export function fixAll({ diagnostics }: Analysis): TextEdit[] {
  const edits: TextEdit[] = [];
  for (const diagnostic of diagnostics) {
    const fix = diagnostic.fixes.find((each) => each.preferred);
    const last = edits.at(-1)?.range.end ?? -1;
    if (fix?.edits.every((each) => each.range.start > last)) edits.push(...fix.edits);
  }
  return edits;
}
