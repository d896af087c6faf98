/** Programs: variables, expressions, calls. */
import { replaceFix } from '../diagnostic.ts';
import { type DimensionClash, dimensionOf } from '../dimensions.ts';
import type { Expression } from '../expression.ts';
import type { Program } from '../programs.ts';
import { DIMENSION_NAMES, unitList } from '../schema/units.ts';
import { VALUE_MEMBERS } from '../schema/views.ts';
import { symbolKey } from '../symbols.ts';
import type { StatementNode } from '../tree.ts';
import { expressionOf } from '../walk.ts';
import { checkCall } from './calls.ts';
import { checkFlow } from './flow.ts';
import { SHAPE_NAMES, type Shape } from '../schema/arguments.ts';
import { type Shapes, shapeOf, shapesOf } from './kinds.ts';
import { CONSTANTS } from '../schema/constants.ts';
import { checkPrecedence } from './precedence.ts';
import { type Reporter, suggestion } from './reporter.ts';

interface Variables {
  readonly path: string;
  readonly assigned: ReadonlySet<string>;
  readonly shapes: Shapes;
  readonly reported: Set<string>;
}

export function checkProcesses(reporter: Reporter): void {
  for (const program of reporter.programs) {
    checkProgram(reporter, program);
    checkFlow(reporter, program.entry.body?.statements ?? []);
  }
}

function checkProgram(reporter: Reporter, { path, statements, nodes }: Program): void {
  const assigned = new Set<string>();
  for (const each of statements) if (each.kind === 'assign' || each.kind === 'each') assigned.add(each.name);
  const clash = ({ range, message }: DimensionClash): void => reporter.report('NP1201', range, message);
  const variables: Variables = { path, assigned, shapes: shapesOf(statements), reported: new Set() };
  for (const each of statements) checkStatement(reporter, each, variables.shapes, clash);
  for (const each of nodes) checkNode(reporter, each, variables);
}

function checkStatement(
  reporter: Reporter,
  statement: StatementNode,
  shapes: Shapes,
  clash: (clash: DimensionClash) => void,
): void {
  const expression = expressionOf(statement);
  if (!expression) return;
  const dimension = dimensionOf(expression, clash);
  if (statement.kind === 'sleep' || statement.kind === 'compute')
    checkTime(reporter, expression, dimension, statement.kind);
  const wanted = statement.kind === 'each' ? 'list' : statement.kind === 'repeat' ? 'number' : null;
  const shape = wanted && shapeOf(expression, shapes);
  if (wanted && shape && shape !== wanted) reportShape(reporter, statement.kind, expression, wanted, shape);
}

function reportShape(
  { report, text }: Reporter,
  keyword: string,
  { range }: Expression,
  wanted: Shape,
  found: Shape,
): void {
  const shown = text.slice(range.start, range.end);
  report('NP1404', range, `\`${keyword}\` takes ${SHAPE_NAMES[wanted]}, \`${shown}\` is ${SHAPE_NAMES[found]}.`);
}

const NEVER_TIMES: ReadonlySet<Expression['kind']> = new Set(['string', 'endpoint', 'address', 'list', 'null']);

function checkTime(
  { report, text }: Reporter,
  expression: Expression,
  dimension: string | null,
  keyword: string,
): void {
  const literal = NEVER_TIMES.has(expression.kind);
  if (!literal && (dimension === null || dimension === 'ns')) return;
  const shown = text.slice(expression.range.start, expression.range.end);
  const found =
    dimension === 'none' ? `${shown} lacks its unit` : `${shown} is ${DIMENSION_NAMES[dimension as 'bytes'] ?? 'none'}`;
  report('NP1201', expression.range, `\`${keyword}\` takes a time (${unitList('ns')}); ${found}.`);
}

function checkNode(reporter: Reporter, expression: Expression, variables: Variables): void {
  if (expression.kind === 'call') checkCall(reporter, expression, variables.shapes);
  else if (expression.kind === 'binary') checkPrecedence(reporter, expression);
  else if (expression.kind === 'name') checkVariable(reporter, expression, variables);
  else if (expression.kind === 'member' && isThrough(reporter, expression, variables.shapes)) return;
  else if (expression.kind === 'member' && expression.name && !VALUE_MEMBERS.has(expression.name)) {
    const { hint, fixes } = suggestion(expression.name, expression.nameRange, VALUE_MEMBERS.keys());
    reporter.report('NP1409', expression.nameRange, `Values have no member \`${expression.name}\`.${hint}`, { fixes });
  }
}

/** Members that lie one step further: those of a list's elements, those of a buffer's `.error`. */
function isThrough({ report }: Reporter, member: Expression & { kind: 'member' }, shapes: Shapes): boolean {
  const { object, name, nameRange } = member;
  const shape = shapeOf(object, shapes);
  if (object.kind !== 'name' || !VALUE_MEMBERS.has(name)) return false;
  const ofList = shape === 'list' && name !== 'length';
  const ofError = shape === 'buffer' && (name.startsWith('ee_') || name === 'offender');
  if (!ofList && !ofError) return false;
  const meant = `${object.name}${ofList ? '[0]' : '.error'}`;
  const message = `A ${shape} has no \`${name}\`. Did you mean \`${meant}.${name}\`?`;
  report('NP1409', nameRange, message, {
    fixes: [replaceFix(object.range, meant, `Change to \`${meant}.${name}\``)],
  });
  return true;
}

/** Reported once a process: the second use has the same cause. */
function checkVariable(reporter: Reporter, { name, range }: Expression & { kind: 'name' }, variables: Variables): void {
  if (name === 'errno' || variables.assigned.has(name) || variables.reported.has(name)) return;
  if (reporter.document.skippedWords.has(name)) return;
  variables.reported.add(name);
  const { hint, fixes } = suggestion(name, range, [
    ...variables.assigned,
    ...CONSTANTS.keys(),
    'NULL',
    'true',
    'false',
  ]);
  const isHost = reporter.symbols.byKey.has(symbolKey('host', name));
  const about = isHost ? ` A host is addressed with a port: \`${name}:7\`.` : hint;
  reporter.report('NP1401', range, `\`${name}\` is never assigned in ${variables.path}.${about}`, {
    fixes: isHost ? [] : fixes,
  });
}
