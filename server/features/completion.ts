/** Completion: what the parser expects at the caret, joined with the schema and the names of the scenario. */
import type { Analysis } from '../language/analyse.ts';
import { expectedAt } from '../language/caret.ts';
import type { Range } from '../language/expression.ts';
import type { Expected } from '../language/parser/expected.ts';
import { hostAt } from '../language/scope.ts';
import { expressionItems, memberItems, statementItems } from './completeExpression.ts';
import { partItems, settingItems, settingValueItems, unitItems } from './completeValue.ts';
import { entryDetail, entryMarkdown } from './markdown.ts';
import { entrySnippet } from './snippets.ts';

export type CompletionKind =
  | 'block'
  | 'property'
  | 'keyword'
  | 'value'
  | 'unit'
  | 'variable'
  | 'function'
  | 'constant'
  | 'field'
  | 'reference';

export interface Completion {
  readonly label: string;
  readonly kind: CompletionKind;
  readonly detail: string;
  /** Markdown. */
  readonly documentation: string;
  readonly insertText: string;
  /** Whether `insertText` has `$1` and the like. */
  readonly snippet: boolean;
  /** 0 comes first; equal ones in the order of the alphabet. */
  readonly rank: number;
  readonly range: Range;
}

/** A completion as its maker gives it: what is left out is plain text in the middle of the list. */
export type Draft = Pick<Completion, 'label' | 'kind'> & Partial<Completion>;

/** What can be written at `caret`, best first. */
export function complete(analysis: Analysis, caret: number): Completion[] {
  if (analysis.text !== analysis.tokens.text) return []; // refused: it was never scanned
  const seen = new Map<string, Completion>();
  const all = expectedAt(analysis.tokens, analysis.document, caret);
  const beginsStatement = all.some((each) => each.kind === 'statement');
  for (const expected of all) {
    for (const draft of draftsFor(analysis, caret, expected)) {
      if (beginsStatement && isOperand(draft)) continue;
      const item = finish(draft, { start: expected.from, end: caret });
      if (!seen.has(item.label)) seen.set(item.label, item);
    }
  }
  return [...seen.values()].sort((left, right) => left.rank - right.rank || (left.label < right.label ? -1 : 1));
}

/** What is part of an expression but would do nothing as a statement. */
function isOperand({ kind }: Draft): boolean {
  return kind === 'constant' || kind === 'reference';
}

function finish(draft: Draft, range: Range): Completion {
  return { detail: '', documentation: '', insertText: draft.label, snippet: false, rank: 5, range, ...draft };
}

function draftsFor(analysis: Analysis, caret: number, expected: Expected): Draft[] {
  switch (expected.kind) {
    case 'entries':
      return entryItems(expected);
    case 'word':
      return [{ label: expected.text, kind: 'keyword', documentation: expected.doc, rank: 2 }];
    case 'mark':
      return markItems(expected.text);
    case 'part':
      return partItems(analysis, expected.part, expected.path, hostAt(analysis.document, caret));
    case 'unit':
      return unitItems(expected.dimension);
    case 'settings':
      return settingItems(expected.table);
    case 'setting value':
      return settingValueItems(expected.table, expected.key);
    case 'switch':
      return [];
    case 'expression':
      return expressionItems(analysis, caret, expected.scope, expected.argument);
    case 'member':
      return memberItems(analysis, expected.object, expected.scope);
    case 'statement':
      return statementItems();
    case 'operator':
    case 'name':
      return [];
  }
}

/** Braces open with a snippet; other marks are quicker typed than chosen. */
function markItems(text: string): Draft[] {
  return text === '{' ? [{ label: '{ }', kind: 'keyword', insertText: '{\n\t$0\n}', snippet: true, rank: 8 }] : [];
}

/** Required ones that are missing first; those that may stand once and do, not at all. */
function entryItems({ entries, present }: Expected & { kind: 'entries' }): Draft[] {
  return [...entries.values()]
    .filter((each) => each.many || !present.has(each))
    .map((each) => ({
      label: each.keyword,
      kind: each.body ? 'block' : 'property',
      detail: entryDetail(each),
      documentation: entryMarkdown(each),
      insertText: entrySnippet(each),
      snippet: true,
      rank: each.required ? 0 : 3,
    }));
}
