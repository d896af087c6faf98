/** Where control goes: statements that are never reached, loops that never end, `break` without a loop. */
import { removeFix } from '../diagnostic.ts';
import type { Expression } from '../expression.ts';
import { SYSCALLS } from '../schema/syscalls.ts';
import type { BlockNode, StatementNode } from '../tree.ts';
import { addNodes, expressionOf } from '../walk.ts';
import type { Reporter } from './reporter.ts';

const LOOPS: ReadonlySet<string> = new Set(['loop', 'repeat', 'each']);

export function checkFlow(reporter: Reporter, statements: readonly StatementNode[]): void {
  checkList(reporter, statements, false);
}

function checkList(reporter: Reporter, statements: readonly StatementNode[], inLoop: boolean): void {
  const stop = statements.findIndex(neverGoesOn);
  const unreached = stop >= 0 ? statements[stop + 1] : undefined;
  if (unreached) reportUnreached(reporter, statements[stop]!, unreached, statements.at(-1)!);
  for (const statement of statements) checkOne(reporter, statement, inLoop);
}

function checkOne(reporter: Reporter, statement: StatementNode, inLoop: boolean): void {
  if ((statement.kind === 'break' || statement.kind === 'continue') && !inLoop) {
    reporter.report('NP1407', wordRange(statement), `\`${statement.kind}\` stands in no loop.`);
  }
  if (statement.kind === 'loop') checkLoop(reporter, statement);
  const inner = inLoop || LOOPS.has(statement.kind);
  for (const body of statement.bodies) checkList(reporter, body.statements, inner);
  if (statement.kind === 'if' && statement.bodies.length < 2)
    checkList(reporter, statement.otherwise as readonly StatementNode[], inner);
}

function wordRange({ kind, span }: StatementNode): { start: number; end: number } {
  return { start: span.start, end: span.start + kind.length };
}

function reportUnreached({ report }: Reporter, stop: StatementNode, first: StatementNode, last: StatementNode): void {
  const range = { start: first.span.start, end: last.span.end };
  const because = stop.kind === 'loop' ? 'the loop above never ends' : `\`${stop.kind}\` stands above it`;
  report('NP1405', range, `This is never reached: ${because}.`, { fixes: [removeFix(range)] });
}

/** Whether nothing behind the statement can run. */
function neverGoesOn(statement: StatementNode): boolean {
  if (statement.kind === 'exit' || statement.kind === 'break' || statement.kind === 'continue') return true;
  if (statement.kind === 'loop') return !someInside(statement, (each) => each.kind === 'break');
  if (statement.kind !== 'if' || statement.otherwise.length === 0) return false;
  return [statement.then, statement.otherwise].every((body) => body.some((each) => neverGoesOn(each as StatementNode)));
}

/** Searches a loop's body; a `break` in an inner loop is that one's own. */
function someInside(statement: StatementNode, holds: (statement: StatementNode) => boolean): boolean {
  return inner(statement).some((each) => holds(each) || (!LOOPS.has(each.kind) && someInside(each, holds)));
}

function inner(statement: StatementNode): StatementNode[] {
  const inBodies = statement.bodies.flatMap((body: BlockNode) => [...body.statements]);
  const chained =
    statement.kind === 'if' && statement.bodies.length < 2 ? (statement.otherwise as readonly StatementNode[]) : [];
  return [...inBodies, ...chained];
}

function checkLoop(reporter: Reporter, loop: StatementNode): void {
  const leaves = someInside(loop, (each) => each.kind === 'break') || someDeep(loop, (each) => each.kind === 'exit');
  if (leaves || someDeep(loop, takesTime)) return;
  const message = 'Nothing in this loop takes time and nothing leaves it: the run will be stopped here.';
  reporter.report('NP1406', { start: loop.span.start, end: loop.span.start + 'loop'.length }, message);
}

function someDeep(statement: StatementNode, holds: (statement: StatementNode) => boolean): boolean {
  return inner(statement).some((each) => holds(each) || someDeep(each, holds));
}

function takesTime(statement: StatementNode): boolean {
  if (statement.kind === 'sleep' || statement.kind === 'compute') return true;
  const expression = expressionOf(statement);
  const nodes: Expression[] = [];
  if (expression) addNodes(expression, nodes);
  return nodes.some((each) => each.kind === 'call' && (SYSCALLS.get(each.callee)?.takesTime ?? true));
}
