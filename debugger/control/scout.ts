/**
 * When a run with breakpoints may go ahead in the watch build, which says only that somebody may stop in an event; the debug build then repeats the event.
 * Repeating costs a copy of the world, and a breakpoint may be met without stopping, so the debug build goes on for a while: longer each time it was in vain.
 */

/** Events after a stop in the debug build: what comes soon comes without the other. */
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

  /** Whether events from this one on may run in the watch build. */
  mayRun(event: number): boolean {
    return event >= this.#ticksUntil;
  }

  /** For how many events a step is left to the debug build after its own context last ran. */
  get rest(): number {
    return this.#rest;
  }

  /** Somebody may stop in this event, which is to be repeated. */
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
