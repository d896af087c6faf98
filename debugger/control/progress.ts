/** When a person hears how far a long run has come: after its first second, then twice a second. */

const FIRST = 1000;
const NEXT = 500;
/** Questions between two looks at the clock, which cost a twentieth of an event each. */
const STRIDE = 256;

export class Progress {
  readonly #clock: () => number;
  #questions = 0;
  #next = Number.POSITIVE_INFINITY;

  /** `clock`: a monotonic one, ms. */
  constructor(clock: () => number = () => performance.now()) {
    this.#clock = clock;
  }

  /** A run sets out. */
  begin(): void {
    this.#next = this.#clock() + FIRST;
  }

  /** Asked before each event. */
  isDue(): boolean {
    if (++this.#questions % STRIDE !== 0) return false;
    const now = this.#clock();
    if (now < this.#next) return false;
    this.#next = now + NEXT;
    return true;
  }
}
