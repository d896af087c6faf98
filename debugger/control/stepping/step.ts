/**
 * When a step ends. A step belongs to the context it began in: what interrupts that context, and other CPUs, run on meanwhile.
 * When a softirq or an interrupt is over, what it had interrupted comes next.
 */
import { HARDIRQ, SOFTIRQ, TASK } from '../context.ts';
import { type Position, sameLine } from './position.ts';

/** `fn` of a position on a line of the scenario: a process goes from line to line, whatever its system calls do meanwhile. */
const LINE = -1;

/** `tick`: the very next one of the world, whoever's it is. */
export type StepKind = 'over' | 'in' | 'out' | 'tick';

/** Has a step of this kind that began at `from` arrived at `at`? */
export function stepEnds(kind: StepKind, from: Position, at: Position): boolean {
  if (kind === 'tick') return true;
  if (!inStepsContext(from, at)) return false;
  if (at.level < from.level) return true;
  if (kind === 'in') return movedIn(from, at);
  if (kind === 'out') return at.depth < from.depth;
  if (from.fn === LINE) return at.fn === LINE;
  return at.depth < from.depth || (at.depth === from.depth && movedOn(from, at));
}

/** Whether such a step ends where a line of the process begins and nowhere else. */
export function endsOnLine(kind: StepKind, from: Position): boolean {
  return kind === 'over' && from.level === TASK && from.fn === LINE;
}

/** The same line counts again when a loop comes round to its very statement. */
function movedOn(from: Position, at: Position): boolean {
  return !sameLine(from, at) || at.tick === from.tick;
}

/** Helpers are ours, not the kernel's: one does not step into them unasked. */
function movedIn(from: Position, at: Position): boolean {
  return movedOn(from, at) && (!at.helper || from.helper || at.depth <= from.depth);
}

/** The context itself; what it lies on once it is over; for a task, itself wherever it runs. */
export function inStepsContext(from: Position, at: Position): boolean {
  if (from.level === TASK) return at.level === TASK && at.task === from.task;
  if (at.cpu !== from.cpu) return false;
  if (from.level === HARDIRQ || at.level !== HARDIRQ) return true;
  return from.level === SOFTIRQ && !at.softirqRuns;
}
