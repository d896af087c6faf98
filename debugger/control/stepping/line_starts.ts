/** Going back a line: gathers, from the ticks that lie before, where the lines began that a step back may return to. */
import { TASK } from '../context.ts';
import type { Moment } from '../moment.ts';
import { type Position, sameLine } from './position.ts';
import { inStepsContext, type StepKind } from './step.ts';

/** `fn` of a position on a line of the scenario: lines of its process are always places to return to. */
const LINE = -1;

export class LineStarts {
  readonly #from: Position;
  readonly #how: StepKind;
  #last: Position | null = null;
  #found: Moment | null = null;

  constructor(from: Position, how: StepKind) {
    this.#from = from;
    this.#how = how;
  }

  /** A tick that lies before, in order. */
  see(at: Position, moment: Moment): void {
    if (!this.#counts(at)) return;
    const last = this.#last;
    this.#last = at;
    if (last === null || !sameLine(last, at) || last.tick === at.tick) this.#found = moment;
  }

  /** The last line that began; null if there was none. */
  get last(): Moment | null {
    return this.#found;
  }

  /** Calls made from there are passed over, unless one goes back into them; from a scenario's line, so is the kernel. */
  #counts(at: Position): boolean {
    const { level, fn, depth, helper } = this.#from;
    if (!inStepsContext(this.#from, at)) return false;
    if (at.level < level) return true;
    if (level === TASK && at.fn === LINE) return true;
    if (this.#how === 'in') return !at.helper || helper || at.depth <= depth;
    return fn !== LINE && (this.#how === 'out' ? at.depth < depth : at.depth <= depth);
  }
}
