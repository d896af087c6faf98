/** Semantic tokens: what a word is, which the grammar of the editor cannot know. */
import type { Analysis } from '../language/analyse.ts';
import type { Expression, Range } from '../language/expression.ts';
import type { SymbolKind } from '../language/schema/shapes.ts';
import { SYSCALLS } from '../language/schema/syscalls.ts';
import type { Entry, StatementNode } from '../language/tree.ts';
import { expressionOf, walkExpression } from '../language/walk.ts';

export const TOKEN_TYPES = [
  'keyword',
  'property',
  'enumMember',
  'class',
  'interface',
  'namespace',
  'function',
  'variable',
  'number',
  'macro',
] as const;
export const TOKEN_MODIFIERS = ['declaration', 'defaultLibrary', 'modification'] as const;

export type TokenType = (typeof TOKEN_TYPES)[number];

export interface SemanticToken {
  readonly range: Range;
  readonly type: TokenType;
  /** Bits by the order of `TOKEN_MODIFIERS`. */
  readonly modifiers: number;
}

const DECLARATION = 1;
const LIBRARY = 2;
const MODIFICATION = 4;

const TYPE_OF: Readonly<Record<SymbolKind, TokenType>> = {
  link: 'interface',
  host: 'class',
  nic: 'property',
  veth: 'interface',
  process: 'namespace',
  variable: 'variable',
};

/** In the order of the text, none overlapping. */
export function semanticTokens(analysis: Analysis): SemanticToken[] {
  const found: SemanticToken[] = [];
  for (const occurrence of analysis.symbols.occurrences) {
    const symbol = analysis.symbols.byKey.get(occurrence.key);
    const modifiers =
      (occurrence.declares ? DECLARATION : 0) + (occurrence.writes && !occurrence.declares ? MODIFICATION : 0);
    if (symbol) found.push({ range: occurrence.range, type: TYPE_OF[symbol.kind], modifiers });
  }
  for (const entry of analysis.document.entries) addEntry(entry, true, found);
  return withoutOverlaps(found);
}

function addEntry(entry: Entry, top: boolean, found: SemanticToken[]): void {
  found.push({ range: entry.keyword, type: top || entry.body ? 'keyword' : 'property', modifiers: 0 });
  for (const value of entry.values) {
    if (value.kind === 'word') found.push({ range: value.range, type: 'keyword', modifiers: 0 });
    if (value.kind === 'choice') found.push({ range: value.range, type: 'enumMember', modifiers: 0 });
    if (value.kind === 'expression') addExpression(value.expression, found);
  }
  for (const setting of entry.body?.settings ?? [])
    found.push({ range: setting.key.range, type: 'property', modifiers: 0 });
  for (const expectation of entry.body?.expectations ?? []) addExpression(expectation.test, found);
  for (const statement of entry.body?.statements ?? []) addStatement(statement, found);
  for (const inner of entry.body?.entries ?? []) addEntry(inner, false, found);
}

function addStatement(statement: StatementNode, found: SemanticToken[]): void {
  const expression = expressionOf(statement);
  if (expression) addExpression(expression, found);
  for (const body of statement.bodies) for (const inner of body.statements) addStatement(inner, found);
  if (statement.kind === 'if' && statement.bodies.length < 2)
    for (const inner of statement.otherwise) addStatement(inner as StatementNode, found);
}

function addExpression(expression: Expression, found: SemanticToken[]): void {
  walkExpression(expression, (each) => {
    if (each.kind === 'call')
      found.push({ range: each.calleeRange, type: 'function', modifiers: SYSCALLS.has(each.callee) ? LIBRARY : 0 });
    if (each.kind === 'constant') found.push({ range: each.range, type: 'macro', modifiers: LIBRARY });
    if (each.kind === 'member' && each.name) found.push({ range: each.nameRange, type: 'property', modifiers: 0 });
  });
}

/** Names come first and win: a member that is a device is coloured as one. */
function withoutOverlaps(tokens: readonly SemanticToken[]): SemanticToken[] {
  const taken = new Set<number>();
  const kept = tokens.filter(
    ({ range }) => range.end > range.start && !taken.has(range.start) && taken.add(range.start),
  );
  return kept.sort((left, right) => left.range.start - right.range.start);
}
