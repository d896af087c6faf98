/** A problem in a scenario, with the edits that would mend it. */

import { CODES, type Code } from './codes.ts';
import type { Range } from './expression.ts';

export type Severity = 'error' | 'warning' | 'info';

export interface TextEdit {
  readonly range: Range;
  readonly newText: string;
}

/** A quick fix. Edits do not overlap. */
export interface Fix {
  readonly title: string;
  readonly edits: readonly TextEdit[];
  readonly preferred: boolean;
}

export interface Diagnostic {
  readonly code: Code;
  readonly severity: Severity;
  readonly range: Range;
  readonly message: string;
  readonly fixes: readonly Fix[];
  /** Other places that explain it: the first of two equal names. */
  readonly related: readonly { readonly range: Range; readonly message: string }[];
}

/** What a diagnostic may carry beside its message. */
export interface More {
  readonly fixes?: readonly Fix[];
  readonly related?: Diagnostic['related'];
}

/** A diagnostic with the severity of its code. */
export function diagnostic(code: Code, range: Range, message: string, more: More = {}): Diagnostic {
  return { code, severity: CODES[code].severity, range, message, fixes: more.fixes ?? [], related: more.related ?? [] };
}

/** The fix that puts `newText` in the place of `range`. */
export function replaceFix(range: Range, newText: string, title = `Change to \`${newText}\``): Fix {
  return { title, edits: [{ range, newText }], preferred: true };
}

/** Takes text away; not preferred, for "fix all" must not throw a person's lines away. */
export function removeFix(range: Range, title = 'Remove it'): Fix {
  return { title, edits: [{ range, newText: '' }], preferred: false };
}

export function insertFix(at: number, newText: string, title: string): Fix {
  return { title, edits: [{ range: { start: at, end: at }, newText }], preferred: true };
}
