/** Programs: variables, expressions, calls. */
import { dimensionOf } from '../dimensions.ts';
import type { Expression } from '../expression.ts';
import { DIMENSION_NAMES, unitList } from '../schema/units.ts';
import { VALUE_MEMBERS } from '../schema/views.ts';
import { forEachExpression, symbolKey, walkExpression } from '../symbols.ts';
import { declaredName, type Entry, entriesOf, type StatementNode } from '../tree.ts';
import { checkCall } from './calls.ts';
import { checkFlow } from './flow.ts';
import { type Reporter, suggestion } from './reporter.ts';

interface Program {
  readonly path: string;
  readonly variables: ReadonlySet<string>;
  readonly reported: Set<string>;
}

export function checkProcesses(reporter: Reporter): void {
  for (const host of reporter.document.entries) {
    if (host.schema.keyword !== 'host') continue;
    for (const entry of entriesOf(host, 'process')) checkProcess(reporter, host, entry);
  }
}

function checkProcess(reporter: Reporter, host: Entry, entry: Entry): void {
  const statements = entry.body?.statements ?? [];
  const variables = new Set<string>();
  forEachStatement(statements, (each) => {
    if (each.kind === 'assign' || each.kind === 'each') variables.add(each.name);
  });
  const path = `${declaredName(host)?.text}.${declaredName(entry)?.text}`;
  const program: Program = { path, variables, reported: new Set() };
  forEachStatement(statements, (each) => checkStatement(reporter, each, program));
  checkFlow(reporter, statements);
}

/** Each statement, those of inner blocks too, in the order of the text. */
export function forEachStatement(
  statements: readonly StatementNode[],
  visit: (statement: StatementNode) => void,
): void {
  for (const statement of statements) {
    visit(statement);
    for (const body of statement.bodies) forEachStatement(body.statements, visit);
    if (statement.kind === 'if' && statement.bodies.length < 2)
      forEachStatement(statement.otherwise as readonly StatementNode[], visit);
  }
}

function checkStatement(reporter: Reporter, statement: StatementNode, program: Program): void {
  forEachExpression(statement, (expression) => {
    const dimension = dimensionOf(expression, ({ range, message }) => reporter.report('NP1201', range, message));
    if (statement.kind === 'sleep' || statement.kind === 'compute')
      checkTime(reporter, expression, dimension, statement.kind);
    walkExpression(expression, (each) => checkNode(reporter, each, program));
  });
}

function checkTime(
  { report, text }: Reporter,
  expression: Expression,
  dimension: string | null,
  keyword: string,
): void {
  const literal = expression.kind === 'string' || expression.kind === 'endpoint' || expression.kind === 'address';
  if (!literal && (dimension === null || dimension === 'ns')) return;
  const shown = text.slice(expression.range.start, expression.range.end);
  const found =
    dimension === 'none' ? `${shown} lacks its unit` : `${shown} is ${DIMENSION_NAMES[dimension as 'bytes'] ?? 'none'}`;
  report('NP1201', expression.range, `\`${keyword}\` takes a time (${unitList('ns')}); ${found}.`);
}

function checkNode(reporter: Reporter, expression: Expression, program: Program): void {
  if (expression.kind === 'call') checkCall(reporter, expression);
  else if (expression.kind === 'name') checkVariable(reporter, expression, program);
  else if (expression.kind === 'member' && expression.name && !VALUE_MEMBERS.has(expression.name)) {
    const { hint, fixes } = suggestion(expression.name, expression.nameRange, VALUE_MEMBERS.keys());
    reporter.report('NP1409', expression.nameRange, `Values have no member \`${expression.name}\`.${hint}`, { fixes });
  }
}

/** Reported once a process: the second use has the same cause. */
function checkVariable(reporter: Reporter, { name, range }: Expression & { kind: 'name' }, program: Program): void {
  if (name === 'errno' || program.variables.has(name) || program.reported.has(name)) return;
  if (reporter.document.skippedWords.has(name)) return;
  program.reported.add(name);
  const { hint, fixes } = suggestion(name, range, program.variables);
  const isHost = reporter.symbols.byKey.has(symbolKey('host', name));
  const about = isHost ? ` A host is addressed with a port: \`${name}:7\`.` : hint;
  reporter.report('NP1401', range, `\`${name}\` is never assigned in ${program.path}.${about}`, {
    fixes: isHost ? [] : fixes,
  });
}
