/** What stands at an offset: the smallest thing that can be told about. */
import type { Analysis } from '../language/analyse.ts';
import type { Expression, Range } from '../language/expression.ts';
import type { EntrySchema, SettingSchema } from '../language/schema/shapes.ts';
import type { Occurrence } from '../language/symbols.ts';
import type { Entry, StatementNode, Value } from '../language/tree.ts';
import { expressionOf, walkExpression } from '../language/walk.ts';

export type Place =
  | { readonly kind: 'keyword'; readonly schema: EntrySchema; readonly range: Range }
  | { readonly kind: 'value'; readonly value: Value; readonly entry: Entry; readonly range: Range }
  | { readonly kind: 'setting'; readonly schema: SettingSchema | null; readonly name: string; readonly range: Range }
  | { readonly kind: 'statement'; readonly statement: StatementNode; readonly range: Range }
  | { readonly kind: 'expression'; readonly expression: Expression; readonly scope: string; readonly range: Range };

export const holds = (range: Range, offset: number): boolean => range.start <= offset && offset <= range.end;

/** The place at an offset, or null in white space, comments and brackets. */
export function placeAt({ document }: Analysis, offset: number): Place | null {
  const entry = document.entries.find((each) => holds(each.range, offset));
  return entry ? placeInEntry(entry, offset) : null;
}

function placeInEntry(entry: Entry, offset: number): Place | null {
  if (holds(entry.keyword, offset)) return { kind: 'keyword', schema: entry.schema, range: entry.keyword };
  for (const value of entry.values) if (holds(value.range, offset)) return placeInValue(entry, value, offset);
  const inner = entry.body?.entries.find((each) => holds(each.range, offset));
  if (inner) return placeInEntry(inner, offset);
  return (
    placeInSettings(entry, offset) ??
    placeInExpectations(entry, offset) ??
    placeInStatements(entry.body?.statements ?? [], offset)
  );
}

function placeInValue(entry: Entry, value: Value, offset: number): Place {
  const expression = value.kind === 'expression' ? expressionAt(value.expression, offset) : null;
  if (expression) return { kind: 'expression', expression, scope: 'packet', range: markOf(expression) };
  return { kind: 'value', value, entry, range: value.range };
}

function placeInSettings(entry: Entry, offset: number): Place | null {
  const setting = entry.body?.settings.find((each) => holds(each.key.range, offset));
  if (!setting) return null;
  return {
    kind: 'setting',
    name: setting.key.text,
    schema: entry.body?.settingTable?.known.get(setting.key.text) ?? null,
    range: setting.key.range,
  };
}

function placeInExpectations(entry: Entry, offset: number): Place | null {
  const found = entry.body?.expectations.find((each) => holds(each.range, offset));
  const expression =
    found && (expressionAt(found.test, offset) ?? (found.before && expressionAt(found.before, offset)));
  return expression ? { kind: 'expression', expression, scope: 'expect', range: markOf(expression) } : null;
}

function placeInStatements(statements: readonly StatementNode[], offset: number): Place | null {
  const statement = statements.find((each) => holds(each.span, offset));
  return statement ? placeInStatement(statement, offset) : null;
}

function placeInStatement(statement: StatementNode, offset: number): Place | null {
  for (const body of statement.bodies)
    if (offset > body.range.start && offset < body.range.end) return placeInStatements(body.statements, offset);
  if (statement.kind === 'if' && statement.bodies.length < 2) {
    const chained = placeInStatements(statement.otherwise as readonly StatementNode[], offset);
    if (chained) return chained;
  }
  const own = expressionOf(statement);
  const expression = own && expressionAt(own, offset);
  if (expression) return { kind: 'expression', expression, scope: 'process', range: markOf(expression) };
  const word = { start: statement.span.start, end: statement.span.start + statement.kind.length };
  return statement.nameRange === null && statement.kind !== 'do' && holds(word, offset)
    ? { kind: 'statement', statement, range: word }
    : null;
}

/** The innermost expression whose own mark (not that of its parts) holds the offset. */
function expressionAt(expression: Expression, offset: number): Expression | null {
  let found: Expression | null = null;
  walkExpression(expression, (each) => {
    if (holds(markOf(each), offset)) found = each;
  });
  return found;
}

/** The part of an expression that names it: the callee, the member's name, the literal. */
function markOf(expression: Expression): Range {
  switch (expression.kind) {
    case 'call':
      return expression.calleeRange;
    case 'member':
      return expression.nameRange;
    case 'binary':
    case 'unary':
    case 'conditional':
    case 'index':
    case 'list':
      return { start: -1, end: -1 };
    default:
      return expression.range;
  }
}

/** The occurrence of a name at an offset, or null. */
export function occurrenceAt({ symbols }: Analysis, offset: number): Occurrence | null {
  return symbols.occurrences.find((each) => holds(each.range, offset)) ?? null;
}
