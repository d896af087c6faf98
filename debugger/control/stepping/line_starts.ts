/** Going back a line: gathers, from the ticks that lie before, where the lines began that a step back may return to. */
import { TASK } from '../context.ts';
import type { Moment } from '../moment.ts';
import { type Position, sameLine } from './position.ts';
import { inStepsContext } from './step.ts';

/** `fn` of a position on a line of the scenario: lines of its process are always places to return to. */
const LINE = -1;

export class LineStarts {
  readonly #from: Position;
  #last: Position | null = null;
  #found: Moment | null = null;

  constructor(from: Position) {
    this.#from = from;
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

  /** Calls made from there are passed over; from a scenario's line, so is the kernel. */
  #counts(at: Position): boolean {
    if (!inStepsContext(this.#from, at)) return false;
    if (at.level < this.#from.level) return true;
    if (this.#from.level === TASK && at.fn === LINE) return true;
    return this.#from.fn !== LINE && at.depth <= this.#from.depth;
  }
}
