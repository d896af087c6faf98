/** A list of diagnostics that a person can read: by place, and not thousands. */
import { type Diagnostic, diagnostic } from './diagnostic.ts';

const MOST = 100;

export function limitDiagnostics(all: readonly Diagnostic[], text: string): Diagnostic[] {
  const sorted = [...all].sort(
    (left, right) => left.range.start - right.range.start || left.range.end - right.range.end,
  );
  if (sorted.length <= MOST) return sorted;
  const more = diagnostic(
    'NP1008',
    { start: text.length, end: text.length },
    `${sorted.length - MOST} more problems are not listed.`,
  );
  return [...sorted.slice(0, MOST), more];
}
