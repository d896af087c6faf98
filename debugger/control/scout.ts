/**
 * When a run with breakpoints may go ahead in the fast build, which says only that an armed function was entered in an event; the debug build then repeats the event.
 * Repeating costs a copy of the world, and a breakpoint may be entered without stopping, so the debug build goes on for a while: longer each time it was in vain.
 */

/** Events after a stop in the debug build: what comes soon comes without the fast one. */
const REST = 2000;
/** Events in the debug build after the first repeat, and the most. */
const PATIENCE = 64;
const MOST_PATIENCE = 1 << 24;

export class Scout {
  readonly #rest: number;
  #patience = PATIENCE;
  #ticksUntil: number;

  constructor(rest = REST) {
    this.#rest = rest;
    this.#ticksUntil = rest;
  }

  /** Whether events from this one on may run in the fast build. */
  mayRun(event: number): boolean {
    return event >= this.#ticksUntil;
  }

  /** An armed function was entered in this event, which is to be repeated. */
  found(event: number): void {
    this.#ticksUntil = event + this.#patience;
    this.#patience = Math.min(2 * this.#patience, MOST_PATIENCE);
  }

  /** The run stopped in this event. */
  stopped(event: number): void {
    this.#ticksUntil = event + this.#rest;
    this.#patience = PATIENCE;
  }
}
